"""Glyphs, short ids, and the texts that a terminal cuts or folds."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.scope import Uncertain
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.glyphs import (
    BAR,
    CORNER,
    ELLIPSIS,
    ELSEWHERE_GLYPH,
    STATE_GLYPHS,
    TEE,
    UNKNOWN_GLYPH,
    VERDICT_GLYPHS,
    encodable,
    short_ids,
    state_glyph,
)
from yoi_relations.render.terminal.cells import ticket_text
from yoi_relations.render.terminal.folding import cut, fold, fold_spans
from yoi_relations.states import State

ALL_GLYPHS = {*STATE_GLYPHS.values(), *VERDICT_GLYPHS.values(), UNKNOWN_GLYPH, ELLIPSIS}
ALL_GLYPHS |= {BAR, TEE, CORNER, ELSEWHERE_GLYPH}
IDS = st.lists(
    st.one_of(
        st.text("0AB", min_size=13, max_size=13),
        st.sampled_from(["20260102-030405-a-slug", "AB0AB", "x"]),
    ),
    unique=True,
)
LINES = st.lists(
    st.sampled_from([*"ab -/", "、", "「", "ー", "読", "語", "e\u0301", "👩‍👩‍👧‍👦", "\u200b"]),
    max_size=60,
).map("".join)


def test_every_state_and_verdict_has_a_glyph_of_its_own() -> None:
    assert set(STATE_GLYPHS) == set(State)
    assert set(VERDICT_GLYPHS) == {verdict.word for verdict in Verdict}
    glyphs = {*map(state_glyph, State), state_glyph(None), ELSEWHERE_GLYPH}
    assert len(glyphs) == len(set(State)) + 2
    assert {cell_len(glyph) for glyph in ALL_GLYPHS} == {1}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "shift_jis", "utf-8"])
def test_glyphs_can_be_encoded(encoding: str) -> None:
    drawn = {glyph: encodable(glyph, encoding) for glyph in ALL_GLYPHS}
    assert all(text.encode(encoding) for text in drawn.values())
    assert (drawn == {glyph: glyph for glyph in ALL_GLYPHS}) == (encoding == "utf-8")
    assert len({drawn[glyph] for glyph in STATE_GLYPHS.values()}) == len(set(State))


@given(IDS)
def test_short_ids_name_one_ticket_each(ids: list[str]) -> None:
    short = short_ids(ids)
    assert set(short) == set(ids)
    for id_, end in short.items():
        assert [other for other in ids if other.endswith(end)] == [id_] or end == id_
        if len(id_) == 13:
            assert len(end) >= 5
            # One character less would be another ticket's ending, too, or shorter than usual.
            others = [other for other in ids if other.endswith(end[1:])]
            assert len(end) == 5 or len(others) > 1
        else:
            assert end == id_


@given(LINES, st.integers(2, 40))
def test_cut_text_fits(text: str, columns: int) -> None:
    shown = cut(text, columns, ELLIPSIS)
    assert cell_len(shown) <= columns
    if shown != text:
        assert cell_len(text) > columns
        assert text.startswith(shown.removesuffix(ELLIPSIS))


@given(LINES, st.integers(2, 40), st.one_of(st.none(), st.integers(0, 40)))
def test_folded_text_is_whole_and_fits(text: str, columns: int, first: int | None) -> None:
    lines = fold(text, columns, first=first)
    assert "".join("".join(lines).split()) == "".join(text.split())
    rooms = [columns if first is None else first, *[columns] * len(lines)]
    assert all(cell_len(line) <= room for line, room in zip(lines, rooms, strict=False))


@given(st.lists(st.text("ab-/", min_size=1, max_size=9)), st.integers(9, 20))
def test_word_that_fits_on_a_line_is_not_broken(words: list[str], columns: int) -> None:
    text = "".join(f"{word}{'読 '[number % 2]}" for number, word in enumerate(words))
    found = [word for line in fold(text, columns) for word in re.findall("[ab/-]+", line)]
    assert found == words


@given(LINES, st.integers(2, 40))
def test_whole_words_are_never_broken(text: str, columns: int) -> None:
    lines = [text[start:end] for start, end in fold_spans(text, columns, whole_words=True)]
    words = [word for line in lines for word in re.findall("[ab/-]+", line)]
    assert words == re.findall("[ab/-]+", text)


def test_japanese_is_broken_between_characters_and_a_word_is_not() -> None:
    text = "Backend RuntimeRegistryの基盤をworker-runtime向けに、整理する"
    assert fold(text, 20) == [
        "Backend",
        "RuntimeRegistryの基",
        "盤をworker-runtime向",
        "けに、整理する",
    ]
    assert fold("読む「語」だ。", 6) == ["読む", "「語」", "だ。"]
    assert fold("読む、語", 5) == ["読", "む、", "語"]


@pytest.mark.parametrize(
    "title", ["Plain words of a title", "読み仮名で目録を検索できるようにする", None]
)
@pytest.mark.parametrize("columns", [1, 20, 30, 200])
@pytest.mark.parametrize("state", [*State, None])
def test_ticket_shows_id_and_state_whole(
    title: str | None, columns: int, state: State | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    ticket = TicketInfo("00001KT0000AA", title, None, state, "x", 1)
    text = ticket_text(ticket, "000AA", columns, with_state=True)
    state_end = f" 000AA {state or 'state unknown'}"
    assert text.plain.endswith(state_end)
    assert text.plain[0] == state_glyph(state)
    if title:
        bold = [text.plain[span.start : span.end] for span in text.spans if span.style == "bold"]
        assert bold == [title] or all(one.endswith(ELLIPSIS) for one in bold)
        assert bold or columns < 2 + 4 + len(state_end)
        assert cell_len(text.plain) <= max(columns, 1 + len(state_end))


@pytest.mark.parametrize("columns", [1, 200])
def test_ticket_elsewhere_has_its_own_glyph_and_word(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    ticket = TicketInfo(
        *("acme/loans:00001KT0000AA", None, None, None, None, 0), Uncertain.ELSEWHERE
    )
    (shown,) = short_ids([ticket.id]).values()
    assert ticket_text(ticket, shown, columns).plain == f"{ELSEWHERE_GLYPH} {ticket.id} elsewhere"
