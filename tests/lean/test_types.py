"""Named tuples and closed sets without `typing` and `enum` are those of `typing` and `enum`."""

from __future__ import annotations

import copy
import enum
import json
import multiprocessing
import pickle
import typing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from yoi_relations.errors import ExitCode
from yoi_relations.kinds import RelationClass
from yoi_relations.lean import types
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.states import State


class Ours(types.NamedTuple):
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


class OurWord(types.StrEnum):
    """A word."""

    ONE = "one"
    OTHER = "other word"


class TheirWord(enum.StrEnum):
    """A word."""

    ONE = "one"
    OTHER = "other word"


class OurCode(types.IntEnum):
    """A code."""

    NOUGHT = 0
    SEVEN = 7


class TheirCode(enum.IntEnum):
    """A code."""

    NOUGHT = 0
    SEVEN = 7


def test_named_tuples_equal_those_of_typing() -> None:
    assert tuple(Ours(1)) == tuple(Theirs(1)) == (1, "two")
    assert Ours(first=1, second="2") == Ours(1, "2")
    assert tuple(Ours(1)._replace(first=3)) == tuple(Theirs(1)._replace(first=3))
    assert isinstance(Ours(1)._replace(second=""), Ours)
    assert repr(Ours(1)) == repr(Theirs(1)).replace("Theirs", "Ours")
    assert hash(Ours(1)) == hash(Theirs(1))
    assert Ours._fields == Theirs._fields
    assert Ours(1, "x").both == "1 x"
    assert Ours.__doc__ == "A pair."


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((), {}),
        ((), {"second": "2"}),
        ((1, "2", 3), {}),
        ((1,), {"first": 1}),
        ((1,), {"third": 3}),
        ((), {"third": 3}),
        ((1, "2"), {"second": "2"}),
    ],
)
def test_invalid_fields_are_refused_like_in_typing(given: Any, named: Any) -> None:
    for make in (Ours, Theirs):
        with pytest.raises(TypeError):
            make(*given, **named)


def test_named_tuples_are_frozen_without_other_attributes() -> None:
    with pytest.raises(AttributeError):
        Ours(1).first = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Ours(1).third = 3  # type: ignore[attr-defined]


def test_named_tuples_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Ours(1))) == Ours(1)  # noqa: S301  # its own


def through_a_pool(value: Any) -> Any:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(copy.copy, value).result()


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pool": through_a_pool,
} | {
    f"pickle {protocol}": lambda value, protocol=protocol: pickle.loads(  # noqa: S301  # its own
        pickle.dumps(value, protocol)
    )
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
}


@pytest.mark.parametrize("how", COPIES)
def test_copied_member_is_the_member(how: str) -> None:
    # What a test defines, a process of a pool cannot import.
    own = () if how == "pool" else (OurWord, OurCode)
    for words in (*own, Verdict, State, RelationClass, ExitCode):
        members: list[Any] = list(words)
        again = COPIES[how]((*members, {"inside": [members[0]]}))
        assert all(one is member for one, member in zip(again, members, strict=False))
        assert again[-1]["inside"][0] is members[0]


PAIRS = [(OurWord, TheirWord), (OurCode, TheirCode)]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_members_equal_those_of_enum(ours: Any, theirs: Any) -> None:
    assert [one.name for one in ours] == [one.name for one in theirs]
    assert [one.value for one in ours] == [one.value for one in theirs]
    assert list(ours) == list(theirs)
    assert {*ours} == {one.value for one in ours}
    assert [str(one) for one in ours] == [str(one) for one in theirs]
    assert [f"{one:>4}|{one}" for one in ours] == [f"{one:>4}|{one}" for one in theirs]
    assert [bool(one) for one in ours] == [bool(one) for one in theirs]
    assert json.dumps([*ours]) == json.dumps([*theirs])


@pytest.mark.parametrize("words", [OurWord, TheirWord])
def test_member_is_created_once(words: Any) -> None:
    assert words("other word") is words.OTHER
    assert words(words.ONE) is words.ONE
    assert isinstance(words.ONE, words)
    assert isinstance(words.ONE, str)
    with pytest.raises(ValueError, match="'third' is not a valid"):
        words("third")


def test_impossible_value_is_an_error() -> None:
    with pytest.raises(AssertionError):
        types.assert_never("it came")  # type: ignore[arg-type]
