"""Declares commands to Typer: those in the table as they stand there, and `COMMON` to all."""

from __future__ import annotations

import enum
import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import typer

from yoi_relations.errors import ExitCode
from yoi_relations.surfaces.call import Call
from yoi_relations.surfaces.commands import COMMANDS
from yoi_relations.surfaces.table import COMMON, Form, Option, kinds_help
from yoi_relations.typed import StrEnum

PANEL = "Everywhere, before or after the command"

_Command = Callable[..., ExitCode | None]


def declare(app: typer.Typer, form: Form) -> None:
    """Make a command of `form`, which does what `COMMANDS` has for it."""
    run = COMMANDS[form.name]
    own = [*([form.argument] if form.argument else []), *form.options]

    def command(call: Call, **values: object) -> ExitCode:
        return run(call, **{one.name: _taken(one, values[one.name]) for one in own})

    epilog = kinds_help() if form.lists_kinds else None
    door = app.command(form.name, help=form.help, epilog=epilog)
    door(with_common(command, [_parameter(option) for option in own]))


def with_common(
    function: _Command, own: list[inspect.Parameter] | None = None
) -> Callable[..., ExitCode | None]:
    """`function` as Typer can call it: its first parameter, the `Call`, made of common options.

    Args:
        function: takes a `Call` first.
        own: its other parameters; as its signature has them where this is None.
    """
    if own is None:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]

    @functools.wraps(function)
    def command(ctx: typer.Context, **values: Any) -> ExitCode | None:  # noqa: ANN401  # any option's
        here = Call(**{one.name: _taken(one, values.pop(one.name)) for one in COMMON})
        # The whole program's options come with no `Call` before them.
        ctx.obj = ctx.obj.with_(here) if ctx.obj else here
        return function(ctx.obj, **values)

    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    common = [_parameter(option) for option in COMMON]
    parameters = [one.replace(kind=context.kind) for one in (context, *own, *common)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {}
    return command


def _parameter(option: Option) -> inspect.Parameter:
    kind: Any = str if option.least is None else int
    if option.choices:
        kind = _choices(option.choices)
    if not option.takes_value:
        kind = bool
    elif option.repeatable:
        kind = list[kind]
    elif option.default is None:
        kind |= None
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=option.unset,
        annotation=Annotated[kind, _info(option)],
    )


def _choices(words: Iterable[StrEnum]) -> Any:  # noqa: ANN401  # a class
    """The words as Typer knows them; on a read's way `yoi_relations.typed` stands in for `enum`."""
    return enum.StrEnum("Choices", [(one.name, one.value) for one in words])


def _taken(option: Option, value: Any) -> Any:  # noqa: ANN401  # any option's
    """What Typer has made of an option, with words as they stand in the table."""
    if option.choices is None or value is None:
        return value
    return [option.choices(one) for one in value] if option.repeatable else option.choices(value)


def _info(option: Option) -> Any:  # noqa: ANN401  # an OptionInfo or an ArgumentInfo
    make: Any = typer.Option if option.flag else typer.Argument
    flags = [option.flag] if option.flag else []
    dots = "..." if option.repeatable and not option.flag else ""
    return make(
        *flags,
        metavar=f"{option.metavar}{dots}" if option.metavar else None,
        help=option.help,
        min=option.least,
        rich_help_panel=PANEL if option in COMMON else None,
    )
