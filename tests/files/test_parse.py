from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace_builder import A, B, Workspace, scan

from yoi_relations.files.parse import parse_source, unusable
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.read_source import read_source
from yoi_relations.files.source import TASK_FILES, Effect, Fault, Format, Source
from yoi_relations.files.ticket_md import Ticket
from yoi_relations.files.workspace import find_workspace
from yoi_relations.states import State

READ = [form for form in Format if form is not Format.STRAY and form not in TASK_FILES]
# Bits that mean something to one format or another, so that random bytes get past the door.
_BITS = [
    *(
        b"---\n",
        b"\n",
        b"\r\n",
        b"\xef\xbb\xbf",
        b"\0",
        b"\xff",
        b"\t",
        b" ",
        b"[",
        b"{",
        b"}",
        b"]",
    ),
    *(
        b": ",
        b",",
        b'"',
        b"'",
        b"&a ",
        b"*a",
        b"!!x ",
        b"? ",
        b"- ",
        b"|\n",
        b"%",
        b"<<<<<<< ",
        b"\\",
    ),
    *(
        b"kind: blocks\n",
        b"target: b\n",
        b"author: c\n",
        b"at: 2026-06-01T10:00:00Z\n",
        b"state: no\n",
    ),
    *(b'"version":1', b'"relations":', b'"kind":"blocks"', b'"\\ud800":', b"NaN", b"1e999", b"-0"),
]
BYTES = st.lists(st.sampled_from(_BITS) | st.binary(max_size=8), max_size=30).map(b"".join)


def source(form: Format) -> Source:
    return Source(f"t/{A}/x.md", f"/t/{A}/x.md".encode(), form, A, f"t/{A}", None)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(READ), BYTES)
def test_any_bytes_give_records_and_faults(form: Format, data: bytes) -> None:
    parsed = parse_source(source(form), data)
    assert (parsed.ticket is not None) is (form is Format.ITEM)
    for fault in parsed.faults:
        assert fault.message.encode()
        assert fault.line is None or 1 <= fault.line <= data.count(b"\n") + 2
    for record in parsed.records:
        assert record.holder == A


@settings(deadline=None, max_examples=200)
@given(st.sampled_from([b"---\n%b---\n", b"\xef\xbb\xbf---\r\n%b\r\n---\r\n"]), BYTES)
def test_any_frontmatter_gives_records_and_faults(frame: bytes, head: bytes) -> None:
    for form in (Format.ITEM, Format.FRONTMATTER):
        parsed = parse_source(source(form), frame % head)
        assert parsed.faults or parsed.records or parsed.ticket
        for fault in parsed.faults:
            assert fault.message.encode()


def test_source_is_parsed_by_its_format(workspace: Workspace) -> None:
    workspace.ticket(A, "queued")
    workspace.record(A, "waiting", note="w")
    workspace.relations_json(A, {"kind": "related", "target": B})
    workspace.plan_lines(A, {"kind": "after", "related_ticket": B})
    kinds = set()
    for one in scan(find_workspace(str(workspace.root))):
        parsed = parse_source(one, read_source(one) or b"")
        assert parsed.faults == []
        assert parsed.ticket == (
            Ticket(f"Title of {A}", None, State.QUEUED) if one.format is Format.ITEM else None
        )
        kinds |= {(record.format, record.kind.name, record.holder) for record in parsed.records}
    assert kinds == {
        (Format.FRONTMATTER, "waiting", A),
        (Format.RELATIONS_JSON, "related", A),
        (Format.PLAN_JSONL, "after", A),
    }


def test_bucket_of_a_source_replaces_a_missing_state(workspace: Workspace) -> None:
    workspace.ticket(A, None, "closed")
    (one,) = scan(find_workspace(str(workspace.root)))
    assert parse_source(one, read_source(one) or b"").ticket == Ticket(
        f"Title of {A}", None, State.CLOSED
    )


@pytest.mark.parametrize("form", [*READ, *sorted(TASK_FILES)])
def test_unreadable_source_leaves_its_reason(form: Format) -> None:
    item = form is Format.ITEM or form in TASK_FILES
    effect = Effect.TICKET if item else Effect.RECORD
    word = "" if form in TASK_FILES else None
    assert unusable(source(form), "cannot be read: so it is") == Parsed(
        ticket=Ticket(None, None, None, word) if item else None,
        faults=[Fault("cannot be read: so it is", effect)],
    )
