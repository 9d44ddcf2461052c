"""Targets that are nearly the name of a ticket: which ticket is meant, and which is not."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from queries import misspellings, naive_names
from workspace_builder import A, B

from yoi_relations.index.near_targets import TargetNames, dangling_message

IDS = ("00001KQY8ZNZC", "00001KQY8YGD9", "20260101-120000-größe", "TASK-12", "TASK-112", "K 7")
SLUGS = {"00001KQY8ZNZC": "reminders", "20260101-120000-größe": "größe"}
NAMES = TargetNames([(id_, SLUGS.get(id_)) for id_ in IDS])


def meant(target: str) -> list[str]:
    return [one.ticket for one in NAMES.meant_by(target)]


def other_case(id_: str) -> str:
    return id_.swapcase()


SPELLINGS = (
    str.lower,
    str.upper,
    str.title,
    lambda id_: f" {id_}",
    lambda id_: f"{id_}\t",
    lambda id_: f"\ufeff{id_}",
    lambda id_: f"{id_[:2]}\u200b{id_[2:]}",
    lambda id_: f"{id_}\u00ad",
    lambda id_: f"{id_}\ufe0f",
    lambda id_: f"\u2066{id_}\u2069",
    lambda id_: f"\u3000{id_}\u00a0",
    lambda id_: unicodedata.normalize("NFD", id_),
    lambda id_: unicodedata.normalize("NFD", f"\u3000{id_.upper()}"),
    lambda id_: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in id_),
    lambda id_: f".yoi/tickets/{id_}",
    lambda id_: f"../{id_}/item.md",
    lambda id_: f"open/{id_}/artifacts/relations/",
    lambda id_: f".yoi\\tickets\\{id_}",
    lambda id_: f"`{id_}`",
    lambda id_: f"[{id_}](../{id_}/item.md)",
    lambda id_: f"#{id_}.",
)


@pytest.mark.parametrize("id_", [id_ for id_ in IDS if id_ != "K 7"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_an_id_finds_its_ticket(id_: str, spelling: object) -> None:
    assert callable(spelling)
    target = spelling(id_)
    if target != id_:
        assert meant(target) == [id_]


@pytest.mark.parametrize(
    ("target", "tickets"),
    [
        ("reminders", ["00001KQY8ZNZC"]),
        ("GRÖSSE", ["20260101-120000-größe"]),
        ("ZNZC", ["00001KQY8ZNZC"]),
        ("y8ygd9", ["00001KQY8YGD9"]),
        ("ASK-12", ["TASK-12"]),
        ("k7", ["K 7"]),
        ("00001KQY8ZNZC, 00001KQY8YGD9", ["00001KQY8YGD9", "00001KQY8ZNZC"]),
        ("task-12 and ZNZC", ["00001KQY8ZNZC", "TASK-12"]),
        ("TASK-12;TASK-112", ["TASK-112", "TASK-12"]),
        ("TASK-12/TASK-112", ["TASK-112", "TASK-12"]),
        ("TASK-12\nTASK-112", ["TASK-112", "TASK-12"]),
        *((f"TASK-12{sign}00001KQY8ZNZC", ["00001KQY8ZNZC", "TASK-12"]) for sign in "-_.:~=@"),
        *(
            (text.format("TASK-12"), ["TASK-12"])
            for text in ("{}.md", "_{}_", "-{}", "{}-", "x_{}")
        ),
        *((f"TASK{hyphen}12", ["TASK-12"]) for hyphen in "_\u2010\u2011\u2013\u2212"),
    ],
)
def test_slugs_endings_and_lists_find_their_tickets(target: str, tickets: list[str]) -> None:
    assert meant(target) == tickets


@pytest.mark.parametrize(
    "target",
    [
        *("NZC", "K-1", "TASK-1", "SK-1", "0001", "00001KQY8ZNZD", "TASK", "12", "K-112x"),
        *("lib:TASK-12", "team/lib:00001KQY8ZNZC", "nothing", "x" * 20_000, "/", "..", "\u200b"),
    ],
)
def test_text_without_a_ticket_name_finds_none(target: str) -> None:
    assert meant(target) == []


@pytest.mark.parametrize("name", misspellings.SPELLINGS)
def test_spelling_is_understood_alike(name: str) -> None:
    target = misspellings.SPELLINGS[name](A, B)
    slug = misspellings.slug_of(A)
    found = {one.ticket for one in TargetNames([(A, slug), (B, None)]).meant_by(target)}
    assert found == naive_names.meant(target, {A: {"slugs": {slug}}, B: {"slugs": set()}})
    assert (A in found) is (name in misspellings.NEARLY)


@pytest.mark.parametrize(
    ("target", "ids", "expected"),
    [
        ("TASK-1", ["TASK-12"], set()),
        ("K-1", ["TASK-1", "TASK-12"], set()),
        ("ASK-1", ["TASK-1", "TASK-12"], {"TASK-1"}),
        ("0012", ["TASK-10012"], set()),
        ("TASK-12", ["TASK-12", "task-12"], set()),
        ("Task-12", ["TASK-12", "task-12"], set()),
        ("task-1, task-2", ["TASK-1", "TASK-2", "TASK-3"], {"TASK-1", "TASK-2"}),
        ("https://example.org/t/TASK-1", ["TASK-1"], {"TASK-1"}),
    ],
)
def test_name_of_one_ticket_or_of_none_is_understood_alike(
    target: str, ids: list[str], expected: set[str]
) -> None:
    assert naive_names.meant(target, {id_: {"slugs": set()} for id_ in ids}) == expected
    if target not in ids:  # then it is no misspelling, and nobody asks
        names = TargetNames([(id_, None) for id_ in ids])
        assert {one.ticket for one in names.meant_by(target)} == expected


def test_ambiguous_text_finds_none() -> None:
    names = TargetNames([("A0001", "same"), ("a0001", "same"), ("XA0002", None), ("YA0002", None)])
    assert [names.meant_by(target) for target in ("A 0001", "Same", "A0002")] == [[], [], []]


@given(st.text(max_size=30))
def test_any_text_is_answered_without_invisible_characters(target: str) -> None:
    said = dangling_message(target, NAMES.meant_by(target))
    assert all(sign == " " or (sign.isprintable() and not sign.isspace()) for sign in said)


@given(
    st.lists(st.text(string.ascii_uppercase, min_size=5, max_size=9), min_size=2, max_size=6),
    st.sampled_from([", ", ",", " ", "; ", " | ", " and ", " & ", "\t"]),
)
def test_list_of_names_finds_each_ticket(ids: list[str], between: str) -> None:
    names = TargetNames([(id_, None) for id_ in ids])
    alone = {id_ for id_ in ids if not any(o != id_ and o.endswith(id_) for o in ids)}
    found = {one.ticket for one in names.meant_by(between.join(ids))}
    assert found >= alone - {"AND"}


WORDS = st.sampled_from(
    ["00001", "KQY8", "ZNZC", "TASK", "12", "112", "k", "7", "x", "a\u0301", "gr"]
)
GAPS = st.sampled_from(["-", "_", "/", "\\", " ", ", ", ".", "\u200b", "\u2011", "\u0301", ""])


@given(st.lists(st.tuples(WORDS, GAPS), max_size=6), st.sampled_from(IDS), st.integers(0, 6))
def test_an_id_in_a_text_is_found_wherever_it_is(
    parts: list[tuple[str, str]], id_: str, at: int
) -> None:
    """Between spaces, whatever else is there, if nothing else names a ticket."""
    before = "".join(word + gap for word, gap in parts[:at])
    behind = "".join(word + gap for word, gap in parts[at:])
    if not meant(f"{before} {behind}"):
        assert set(meant(f"{before} {id_.replace(' ', '')} {behind}")) >= {id_}


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("TASK-24.1", ["BACK-24.1"]),
        ("old-7", ["BACK-7"]),
        ("TASK-8", []),
        ("TASK-NOTES", []),
        ("other", []),
        ("2026-7", []),
        ("sub-old-7", []),
        ("TASK-24", []),
    ],
)
def test_the_number_of_an_id_counts_where_a_tool_can_change_the_prefix(
    target: str, meant: list[str]
) -> None:
    ids = ["BACK-24.1", "BACK-7", "BACK-NOTES", "AB-8", "CD-8"]
    names = TargetNames([(id_, None) for id_ in ids], ids)
    assert [likely.ticket for likely in names.meant_by(target)] == meant
    without = TargetNames([(id_, None) for id_ in ids])
    assert without.meant_by(target) == []
