"""Named tuples without `typing` are those of `typing`."""

from __future__ import annotations

import pickle
import typing

import pytest

from yoi_relations import typed


class Ours(typed.NamedTuple):
    """A pair."""

    first: int
    second: str = "two"

    @property
    def both(self) -> str:
        return f"{self.first} {self.second}"


class Theirs(typing.NamedTuple):
    """A pair."""

    first: int
    second: str = "two"


def test_they_are_made_compared_and_shown_alike() -> None:
    assert tuple(Ours(1)) == tuple(Theirs(1)) == (1, "two")
    assert Ours(first=1, second="2") == Ours(1, "2")
    assert repr(Ours(1)) == repr(Theirs(1)).replace("Theirs", "Ours")
    assert hash(Ours(1)) == hash(Theirs(1))
    assert Ours._fields == Theirs._fields
    assert Ours(1)._replace(second="x").both == "1 x"
    assert Ours.__doc__ == "A pair."


def test_they_are_frozen_and_hold_nothing_else() -> None:
    with pytest.raises(AttributeError):
        Ours(1).first = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Ours(1).third = 3  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        Ours()  # type: ignore[call-arg]


def test_they_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Ours(1))) == Ours(1)  # noqa: S301  # its own


def test_what_cannot_come_is_an_error() -> None:
    with pytest.raises(AssertionError):
        typed.assert_never("it came")  # type: ignore[arg-type]
