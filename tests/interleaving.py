"""Runs an action in the middle of a command, between two of its steps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest import mock


def once_after(place: object, name: str, act: Callable[[], object]) -> AbstractContextManager[Any]:
    """Call `act` once, after the first call of the function `name` of the module `place`.

    The function itself and what it returns are unchanged.
    """
    function = getattr(place, name)
    waiting = [act]

    def then(*arguments: Any, **named: Any) -> Any:
        found = function(*arguments, **named)
        if waiting:
            waiting.pop()()
        return found

    return mock.patch.object(place, name, then)
