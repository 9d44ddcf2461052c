from __future__ import annotations

import pytest
from workspace_builder import assert_says

from yoi_relations.files.record import (
    FIELD_LIMIT,
    NOTE_LIMIT,
    check_instant,
    check_text,
)
from yoi_relations.files.source import SourceError


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("author", " ", "empty"),
        ("note", "", "empty"),
        ("author", "x" * (FIELD_LIMIT + 1), "1025 1024"),
        ("note", "é" * NOTE_LIMIT, "32768 16384"),
        ("author", "a\0b", "NUL"),
        ("note", "a\udc80b", "Unicode"),
        ("author", "a\nb", "one line"),
        ("author", "a\rb", "one line"),
    ],
)
def test_unusable_text_is_a_problem_with_its_line(name: str, text: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        check_text(name, text, 7)
    assert_says(caught.value.message, f"{name} {words}")
    assert caught.value.line == 7


@pytest.mark.parametrize("name", ["at", "retired_at"])
def test_invalid_time_is_a_problem_with_its_field(name: str) -> None:
    with pytest.raises(SourceError, match=f" {name} 'soon'.* RFC 3339") as caught:
        check_instant(name, "soon", 7)
    assert caught.value.line == 7
