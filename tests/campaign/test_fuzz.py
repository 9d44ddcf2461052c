"""Every parser fed with what nobody would write; short here, long with ``-m campaign``."""

from __future__ import annotations

import json
import os
import tomllib
from typing import Any

import pytest
import yaml
from hypothesis import assume
from hypothesis import strategies as st

from campaign.mutating import CORPUS, STEPS, WHICH, Step, hold, sample, spoiled
from yoi_relations.errors import WorkspaceError
from yoi_relations.files.faults import Effect, SourceError
from yoi_relations.files.formats import Format
from yoi_relations.files.frontmatter import parse_document
from yoi_relations.files.parse import Parsed, parse_source
from yoi_relations.files.records import NOTE_LIMIT, Record
from yoi_relations.files.relations_json import parse_relations
from yoi_relations.files.scan import Source
from yoi_relations.files.times import parse_instant
from yoi_relations.files.workspace import find_workspace
from yoi_relations.files.yaml_events import MAX_DEPTH
from yoi_relations.kinds import KINDS

# What differs between it and the one in Python (a tab behind a colon) is no matter here.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
LONG = pytest.mark.campaign


def rounds(short: int, long: int) -> pytest.MarkDecorator:
    """So many examples in the suite, and so many in the campaign."""
    return pytest.mark.parametrize("examples", [short, pytest.param(long, marks=LONG)])


def assert_in_bounds(record: Record, holder: str) -> None:
    assert (record.holder, KINDS[record.kind.name]) == (holder, record.kind)
    assert record.target != holder
    for text in (record.note, record.author, record.target, *(record.plan or ())):
        assert text is None or 0 < len(text.encode()) <= NOTE_LIMIT
        assert "\0" not in (text or "")
    assert record.at is None or parse_instant(record.at) == (record.at, record.at_key)


def assert_accounted_for(source: Source, data: bytes, parsed: Parsed) -> None:
    """Nothing is dropped without a word."""
    spoiling = [fault for fault in parsed.faults if fault.effect is Effect.RECORD]
    if source.format is Format.FRONTMATTER:
        assert len(parsed.records) + len(spoiling) == 1
    elif source.format is Format.RELATIONS_JSON and spoiling:
        assert parsed.records == []
    elif source.format is Format.PLAN_JSONL:
        lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        seen = [record.line for record in parsed.records] + [fault.line for fault in spoiling]
        assert sorted(map(int, map(str, seen))) == [
            n for n, one in enumerate(lines, 1) if one.strip()
        ]
    elif source.format is Format.ITEM:
        assert parsed.ticket is not None
        assert parsed.ticket.state is not None or parsed.faults


@rounds(300, 60_000)
def test_a_spoiled_file_is_used_or_reported(examples: int) -> None:
    @hold(examples, WHICH, STEPS, st.none() | WHICH)
    def check(which: int, steps: list[Step], other: int | None) -> None:
        source, data = CORPUS[which]
        data = spoiled(data, steps, b"" if other is None else CORPUS[other][1])
        parsed = parse_source(source, data)
        assert parse_source(source, data) == parsed
        for record in parsed.records:
            assert_in_bounds(record, source.holder)
        for fault in parsed.faults:
            assert fault.message.encode()
            assert fault.message.isprintable() or len(fault.message) > 1
            assert (
                fault.line is None or 1 <= fault.line <= data.count(b"\n") + data.count(b"\r") + 2
            )
        assert_accounted_for(source, data, parsed)


COMMANDS = {
    ("show", "--all", "--limit", "0"): (0, 4),
    ("check",): (0, 9, 10, 11),
    ("doctor", "--severity", "info"): (0, 5),
    ("verify",): (0,),
    ("status",): (0,),
}


@rounds(12, 1_500)
def test_every_command_answers_whatever_the_files_hold(examples: int) -> None:
    folder, workspace = sample()

    @hold(examples, st.dictionaries(WHICH, STEPS, min_size=1, max_size=3))
    def check(spoilt: dict[int, list[Step]]) -> None:
        faults = set()
        for which, steps in spoilt.items():
            source, data = CORPUS[which]
            data = spoiled(data, steps)
            (workspace.root / source.path).write_bytes(data)
            faults |= {(source.path, one.line) for one in parse_source(source, data).faults}
        answers = {}
        for command, codes in COMMANDS.items():
            ran = workspace.run(*command, "--json")
            assert ran.code in codes, (command, ran)
            answers[command[0]] = ran.json
            assert workspace.run(*command, "--plain").code == ran.code
        told = {(one["path"], one["line"]) for one in answers["show"]["problems"]}
        assert faults <= told
        for which in spoilt:
            source, data = CORPUS[which]
            (workspace.root / source.path).write_bytes(data)

    assert workspace.run("show", "--all").code == 0
    folder.cleanup()


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
    """What PyYAML makes of a frontmatter, by another way; None where it is of no use."""
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
        if not isinstance(key, yaml.ScalarNode) or key.value in fields:
            return None
        if not key.style and key.value in null:
            return None
        plain = isinstance(value, yaml.ScalarNode) and (value.style or value.value not in null)
        fields[key.value] = value.value if plain else None
    return fields


@rounds(400, 60_000)
def test_any_frontmatter_says_what_yaml_says(examples: int) -> None:
    """But for aliases: they are never followed, so one without an anchor is no error here."""

    @hold(examples, HEADS)
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


@rounds(300, 40_000)
def test_what_is_no_json_is_no_relations_json(examples: int) -> None:
    parts = st.lists(TOKENS | st.just(ENTRY), max_size=5).map("".join)

    @hold(
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


@rounds(60, 10_000)
def test_a_configuration_is_used_or_refused(examples: int) -> None:
    folder, workspace = sample()
    config = workspace.root / ".yoi" / "ticket.config.toml"
    whole = config.read_bytes()

    @hold(examples, STEPS)
    def check(steps: list[Step]) -> None:
        data = spoiled(whole, steps)
        config.write_bytes(data)
        try:
            found = find_workspace(str(workspace.root))
        except WorkspaceError as error:
            said = error.message
            assert said.startswith(".yoi/ticket.config.toml: ")  # or none
            return
        named = tomllib.loads(data.decode()).get("backend", {})
        root = named.get("root", ".yoi/tickets") if isinstance(named, dict) else ".yoi/tickets"
        assert os.path.normpath(workspace.root / root) == found.tickets_path

    folder.cleanup()
