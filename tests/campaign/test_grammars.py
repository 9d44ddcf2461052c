"""Generated frontmatter and JSON, compared with the usual parsers."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import assume
from hypothesis import strategies as st

from campaign.byte_mutations import example_counts, run_examples
from yoi_relations.files.frontmatter import parse_document
from yoi_relations.files.record_json import parse_relations
from yoi_relations.files.source import SourceError
from yoi_relations.files.yaml_full import MAX_DEPTH

# Its difference from the one in Python (a tab after a colon) does not matter here.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
KEYS = st.sampled_from(["a", "b", "no", "1", "''", '"a"', "? a\n", "a b", "[a]", "&x a", "*x", ""])
LEAVES = st.sampled_from(
    [
        *("x", "", "'it''s'", '"\\x41\\n"', "*x", "&x y", "!!str z", "|\n  t\n", ">-\n  t\n  u\n"),
        *("# c", "2026-01-01", "~", "a: b", "a #b", "'", "[", "é", "\u2028", "\x7f", "- x"),
        "\n  b: c",
    ]
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.lists(st.tuples(KEYS, inner), max_size=3).map(
            lambda pairs: f"{{{', '.join(f'{key}: {value}' for key, value in pairs)}}}"
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda parts: "".join(f"\n  - {part}" for part in parts)
        ),
    ),
    max_leaves=5,
)
SEPARATORS = st.sampled_from([": ", ":", " : ", ":\t", ":  "])
HEADS = st.lists(st.tuples(KEYS, SEPARATORS, NODES).map("".join) | LEAVES, max_size=4)


def composed(text: str) -> dict[str, str | None] | None:
    """The fields of a frontmatter by PyYAML; None if it has no valid ones."""
    if any(sign in text for sign in "\r\x85\u2028\u2029"):
        return None  # ends a line only in YAML
    try:
        root = yaml.compose(text, _Loader)
    except yaml.YAMLError:
        return None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        return None
    fields: dict[str, str | None] = {}
    for key, value in root.value:
        null = ("", "~", "null", "Null", "NULL")
        is_text = isinstance(key, yaml.ScalarNode) and (key.style or key.value not in null)
        if not is_text or key.value in fields:
            return None
        plain = isinstance(value, yaml.ScalarNode) and (value.style or value.value not in null)
        fields[key.value] = value.value if plain else None
    return fields


@example_counts(300, 20_000)
def test_frontmatter_reads_as_yaml_does(examples: int) -> None:
    """Except aliases: they are not resolved, so one without an anchor is not an error here."""

    @run_examples(examples, HEADS)
    def check(lines: list[str]) -> None:
        text = "\n".join(lines) + "\n"
        assume("*" not in text and "&" not in text and text.count("[") < MAX_DEPTH)
        try:
            fields = parse_document(f"---\n{text}---\n".encode()).fields
        except SourceError:
            assert composed(text) is None
        else:
            assert {key: value.text for key, value in fields.items()} == composed(text)


TOKENS = st.sampled_from(
    [
        *(
            "[",
            "]",
            "{",
            "}",
            ":",
            ",",
            '"',
            " ",
            "\n",
            "\t",
            '"a"',
            '"note"',
            '"\\ud800"',
            '"\\u00e9"',
        ),
        *(
            "1",
            "-1.5e3",
            "null",
            "true",
            "NaN",
            "-Infinity",
            "'a'",
            "// c",
            "\ufeff",
            "\u2028",
            "01",
        ),
        *("1" * 5000, '"\x01"'),
    ]
)
ENTRY = '{"ticket_id":"T","kind":"related","target":"U","author":"a","at":"2026-06-01T10:00:00Z"}'


def strictly(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("twice")
    return dict(pairs)


@example_counts(200, 20_000)
def test_invalid_json_is_an_invalid_relations_json(examples: int) -> None:
    parts = st.lists(TOKENS | st.just(ENTRY), max_size=5).map("".join)

    @run_examples(
        examples,
        st.lists(parts, max_size=3),
        st.sampled_from(["%s", '{"version":1,"relations":[%s]}']),
    )
    def check(entries: list[str], frame: str) -> None:
        text = frame % ",".join(entries)
        try:
            records, faults = parse_relations(text.encode(), "T")
        except SourceError:
            return
        if not faults:
            document = json.loads(text, object_pairs_hook=strictly)
            assert len(records) == len(document["relations"])
            assert all(entry == json.loads(ENTRY) for entry in document["relations"])
