"""Every parser on mutated files; long with ``-m campaign``."""

from __future__ import annotations

import os
import tomllib

from hypothesis import strategies as st

from campaign.byte_mutations import (
    CORPUS,
    FILE_NUMBERS,
    MUTATIONS,
    Mutation,
    example_counts,
    mutated,
    run_examples,
    sample,
)
from yoi_relations.errors import WorkspaceError
from yoi_relations.files.parse import parse_source
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.record import NOTE_LIMIT, Record
from yoi_relations.files.source import Effect, Format, Source
from yoi_relations.files.times import parse_instant
from yoi_relations.files.workspace import find_workspace
from yoi_relations.kinds import KINDS


def assert_in_bounds(record: Record, holder: str) -> None:
    assert (record.holder, KINDS[record.kind.name]) == (holder, record.kind)
    assert record.target != holder
    for text in (record.note, record.author, record.target, *(record.plan or ())):
        assert text is None or 0 < len(text.encode()) <= NOTE_LIMIT
        assert "\0" not in (text or "")
    assert record.at is None or parse_instant(record.at) == (record.at, record.at_key)


def assert_accounted_for(source: Source, data: bytes, parsed: Parsed) -> None:
    """No content is dropped without a problem."""
    spoiling = [fault for fault in parsed.faults if fault.effect is Effect.RECORD]
    if source.format is Format.FRONTMATTER:
        assert len(parsed.records) + len(parsed.retirements) + len(spoiling) == 1
    elif source.format is Format.RELATIONS_JSON and spoiling:
        assert not parsed.records
    elif source.format is Format.PLAN_JSONL:
        lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        seen = [record.line for record in parsed.records] + [fault.line for fault in spoiling]
        assert sorted(map(int, map(str, seen))) == [
            n for n, one in enumerate(lines, 1) if one.strip()
        ]
    elif source.format is Format.ITEM:
        assert parsed.ticket is not None
        assert parsed.ticket.state is not None or parsed.faults


@example_counts(300, 20_000)
def test_mutated_file_is_used_or_reported(examples: int) -> None:
    @run_examples(examples, FILE_NUMBERS, MUTATIONS, st.none() | FILE_NUMBERS)
    def check(which: int, mutations: list[Mutation], other: int | None) -> None:
        source, data = CORPUS[which]
        data = mutated(data, mutations, b"" if other is None else CORPUS[other][1])
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


@example_counts(12, 600)
def test_every_command_answers_on_mutated_files(examples: int) -> None:
    folder, workspace = sample()

    @run_examples(examples, st.dictionaries(FILE_NUMBERS, MUTATIONS, min_size=1, max_size=3))
    def check(spoilt: dict[int, list[Mutation]]) -> None:
        faults = set()
        for which, mutations in spoilt.items():
            source, data = CORPUS[which]
            data = mutated(data, mutations)
            (workspace.root / source.path).write_bytes(data)
            faults |= {(source.path, one.line) for one in parse_source(source, data).faults}
        answers = {}
        for command, codes in COMMANDS.items():
            ran = workspace.run(*command, "--json")
            assert ran.code in codes, (command, ran)
            answers[command[0]] = ran.json
            assert workspace.run(*command, "--plain").code == ran.code
        reported = {(one["path"], one["line"]) for one in answers["show"]["problems"]}
        assert faults <= reported
        for which in spoilt:
            source, data = CORPUS[which]
            (workspace.root / source.path).write_bytes(data)

    assert workspace.run("show", "--all").code == 0
    folder.cleanup()


@example_counts(60, 5_000)
def test_configuration_is_used_or_refused(examples: int) -> None:
    folder, workspace = sample()
    config = workspace.root / ".yoi" / "ticket.config.toml"
    whole = config.read_bytes()

    @run_examples(examples, MUTATIONS)
    def check(mutations: list[Mutation]) -> None:
        data = mutated(whole, mutations)
        config.write_bytes(data)
        try:
            found = find_workspace(str(workspace.root))
        except WorkspaceError as error:
            message = error.message
            assert message.startswith(".yoi/ticket.config.toml: ")
            return
        named = tomllib.loads(data.decode()).get("backend", {})
        root = named.get("root", ".yoi/tickets") if isinstance(named, dict) else ".yoi/tickets"
        assert os.path.normpath(workspace.root / root) == found.tickets_path

    folder.cleanup()
