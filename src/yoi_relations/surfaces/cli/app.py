"""A Typer app whose help goes out like every answer: whole, or with an error that says why not."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from yoi_relations.surfaces.output import write_answer


class App(typer.Typer):
    """A group of commands."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  # Typer's
        super().__init__(cls=_Group, pretty_exceptions_enable=False, **settings)

    def command(
        self,
        name: str | None = None,
        **settings: Any,  # noqa: ANN401  # Typer's
    ) -> Callable[[Any], Any]:
        """A decorator that makes a command of a function."""
        return super().command(name, cls=_Command, **settings)


class _Command(TyperCommand):
    def format_help(self, *given: Any) -> None:  # noqa: ANN401  # Typer's
        _write_page(lambda: super(_Command, self).format_help(*given))


class _Group(TyperGroup):
    def format_help(self, *given: Any) -> None:  # noqa: ANN401  # Typer's
        _write_page(lambda: super(_Group, self).format_help(*given))


class _Page(io.StringIO):
    """Stands in for stdout while Rich draws; where that is a terminal, help has colours."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def _write_page(draw: Callable[[], None]) -> None:
    """Write what `draw` prints.

    Rich would end the process with status 1 where the reader has gone, and not say what failed
    where there is no room.
    """
    page = _Page(is_terminal=sys.stdout.isatty())
    with contextlib.redirect_stdout(page):
        draw()
    write_answer(page.getvalue())
