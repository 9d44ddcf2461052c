from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yoi_relations.files.source import SourceError
from yoi_relations.files.yaml_full import parse_yaml
from yoi_relations.files.yaml_plain import Value, read_plain

# What a line is made of, with all that has a meaning in YAML.
PIECES = st.sampled_from(
    [
        *"abZ09 _-.,:;#'\"[]{}()<>|&*!?%@`~=+/\\\t\r\x85\xa0\u2028\ufeff日😀",
        ": ",
        " #",
        "null",
        "- ",
    ]
)
KEYS = st.sampled_from(["title", "state", "a", "b", "null", "no", "x-y", " a", "é", "- a", "? a"])
VALUES = st.lists(PIECES, max_size=8).map("".join)
LINES = st.one_of(
    st.tuples(KEYS, st.sampled_from([":", ": ", ":  "]), VALUES).map("".join),
    st.tuples(KEYS, VALUES.map(lambda text: f": '{text}'")).map("".join),
    st.tuples(KEYS, VALUES.map(lambda text: f': "{text}"')).map("".join),
    st.tuples(KEYS, VALUES.map(lambda text: f": [{text}]")).map("".join),
    VALUES,
)


@settings(max_examples=600, deadline=None)
@given(lines=st.lists(LINES, min_size=1, max_size=4))
@example(lines=["title: Docs: x"])
@example(lines=["title: 'a", "  b'"])
@example(lines=["a: b", "  c"])
@example(lines=["a: [b, c]", "a: x"])
@example(lines=["a: b:"])
@example(lines=["a: [b,c]", "b: a,b"])
@example(lines=["a: 'b''c'"])
@example(lines=["k" * 1024 + ": x"])
@example(lines=["k" * 1025 + ": x"])
def test_agrees_with_the_parser_unless_it_declines(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines).replace("\r\n", "\n")
    plain = read_plain(text, 2)
    if plain is not None:
        assert plain == parse_yaml(text, 2)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("title: Scan barcodes with the phone camera", "Scan barcodes with the phone camera"),
        ("title: 'Docs: x'", "Docs: x"),
        ('title: "C# and [x]"', "C# and [x]"),
        ("title: 読み仮名で目録を検索できるようにする", "読み仮名で目録を検索できるようにする"),
        ("state: no", "no"),
        ("target: 00001234", "00001234"),
        ("at: 2026-06-09T10:03:41Z", "2026-06-09T10:03:41Z"),
        ("retires: x-08aaecc395e66e20", "x-08aaecc395e66e20"),
        ("branch: feat/a-b_c.d", "feat/a-b_c.d"),
        ("assignee: null", None),
        ("assignee:", None),
    ],
)
def test_tickets_and_records_are_plain(line: str, text: str | None) -> None:
    (value,) = (read_plain(f"{line}\n", 2) or {}).values()
    assert value == Value(text, 2)


def test_list_is_not_text() -> None:
    assert read_plain("labels: [a, b-c, 'd e']\n", 2) == {
        "labels": Value(None, 2, scalar=False, items=(("a", 2), ("b-c", 2), ("d e", 2)))
    }


@pytest.mark.parametrize("text", ["a: b\na: c\n", "a: b\n  c\n", "a: |\n  b\n", "a: {b: c}\n"])
def test_declines_what_is_not_plain(text: str) -> None:
    assert read_plain(text, 2) is None


def test_value_that_the_parser_refuses_is_never_read() -> None:
    with pytest.raises(SourceError, match="the value of 'title' has ': ' in it"):
        parse_yaml("title: Docs: x\n", 2)
    assert read_plain("title: Docs: x\n", 2) is None
