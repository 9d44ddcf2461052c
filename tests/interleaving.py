"""Lets something happen in the middle of a question, between one of its steps and the next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest import mock


def once_after(place: object, name: str, act: Callable[[], object]) -> AbstractContextManager[Any]:
    """Within it, the first call of the function `name` of the module `place` is followed by `act`.

    The function is what it was, and so is what it gives.
    """
    function = getattr(place, name)
    waiting = [act]

    def then(*arguments: Any, **named: Any) -> Any:
        found = function(*arguments, **named)
        if waiting:
            waiting.pop()()
        return found

    return mock.patch.object(place, name, then)
