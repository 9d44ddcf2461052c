from __future__ import annotations

from unicodedata import category, east_asian_width

from hypothesis import given
from hypothesis import strategies as st

from yoi_relations.diagrams.drawing import title_lines
from yoi_relations.queries.tickets import TicketInfo


def titled(title: str | None) -> TicketInfo:
    return TicketInfo("00001KT0000AA", title, None, "ready", "x", 1)


def columns_of(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


@given(
    title=st.text(st.characters(codec="utf-8"), max_size=200),
    columns=st.integers(4, 40),
    lines=st.integers(1, 4),
)
def test_title_lines_fit_and_lose_nothing_silently(title: str, columns: int, lines: int) -> None:
    broken = title_lines(titled(title), columns, lines)
    assert len(broken) <= lines
    assert all(columns_of(line) <= columns for line in broken)
    assert not any(category(character) == "Cc" for line in broken for character in line)
    whole = "".join("".join(title_lines(titled(title), 10_000, 1)).split())
    drawn = "".join("".join(broken).split())
    assert drawn == whole or (drawn.endswith("…") and whole.startswith(drawn[:-1]))


def test_lines_break_at_spaces_and_wide_characters() -> None:
    assert title_lines(titled("Reservation list per item"), 16, 2) == [
        "Reservation list",
        "per item",
    ]
    assert title_lines(titled("APIを整理するruntime"), 12, 3) == ["APIを整理す", "るruntime"]


def test_ticket_without_a_title_has_no_title_line() -> None:
    assert title_lines(titled(None), 20, 2) == []
