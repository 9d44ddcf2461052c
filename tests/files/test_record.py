from __future__ import annotations

import pytest

from yoi_relations.files.record import (
    FIELD_LIMIT,
    NOTE_LIMIT,
    check_instant,
    check_text,
)
from yoi_relations.files.source import SourceError


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("author", " ", "has an empty author"),
        ("note", "", "has an empty note"),
        (
            "author",
            "x" * (FIELD_LIMIT + 1),
            "has an author of 1025 bytes; at most 1024 are allowed",
        ),
        ("note", "é" * NOTE_LIMIT, "has a note of 32768 bytes; at most 16384 are allowed"),
        ("author", "a\0b", "has a NUL character in its author"),
        ("note", "a\udc80b", "has text that is not valid Unicode in its note"),
        ("author", "a\nb", "has more than one line in its author"),
        ("author", "a\rb", "has more than one line in its author"),
    ],
)
def test_too_long_text_is_a_problem_with_its_line(name: str, text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        check_text(name, text, 7)
    assert (caught.value.message, caught.value.line) == (message, 7)


@pytest.mark.parametrize(("name", "message"), [("at", "an at"), ("retired_at", "a retired_at")])
def test_invalid_time_is_a_problem_with_its_field(name: str, message: str) -> None:
    with pytest.raises(
        SourceError, match=f"has {message} 'soon', which is not an RFC 3339"
    ) as caught:
        check_instant(name, "soon", 7)
    assert caught.value.line == 7
