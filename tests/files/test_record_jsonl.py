from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace_builder import AT, A, B, assert_says

from yoi_relations.files.record import Plan, Record
from yoi_relations.files.record_jsonl import LINE_LIMIT, parse_plan_lines
from yoi_relations.files.source import Fault, Format
from yoi_relations.kinds import PLAN_KINDS

BASE = {
    "id": "orch-plan-1",
    "ticket_id": A,
    "kind": "after",
    "related_ticket": B,
    "author": "tester",
    "at": AT,
}
PLAN = {"kind": "accepted_plan", "related_ticket": ..., "accepted_plan": {"summary": "Do it."}}
WAIT = {"kind": "waiting_capacity_note", "related_ticket": ..., "note": "No free desk."}
FIELDS = [*BASE, "note", "accepted_plan", "summary", "branch"]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
JSON = st.recursive(
    SCALARS | st.sampled_from([*BASE.values(), "accepted_plan"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
    max_leaves=20,
)


def line(*bases: dict[str, Any], **changes: Any) -> bytes:
    """A good line with changes; a field changed to ... is left out."""
    entry: dict[str, Any] = dict(BASE)
    for base in (*bases, changes):
        entry |= base
    return json.dumps({key: value for key, value in entry.items() if value is not ...}).encode()


def planned(**changes: Any) -> bytes:
    """A line with a plan, the plan's fields changed."""
    return line(PLAN, accepted_plan={"summary": "Do it."} | changes)


def records(data: bytes) -> list[Record]:
    found, faults = parse_plan_lines(data, A)
    assert faults == []
    return found


def fault_of_the_middle(bad: bytes) -> Fault:
    """What is wrong with a line, which must leave those around it alone."""
    found, (fault,) = parse_plan_lines(line() + b"\n" + bad + b"\n" + line() + b"\n", A)
    assert [record.line for record in found] == [1, 3]
    assert fault.line == 2
    fault.message.encode()  # it will be written down
    return fault


def test_line_is_read_with_all_its_fields() -> None:
    (found,) = records(line(note="First\nthat.", at="2026-06-01T12:00:00.5+02:00"))
    assert found == Record(
        id=found.id,
        format=Format.PLAN_JSONL,
        kind=PLAN_KINDS["after"],
        holder=A,
        target=B,
        note="First\nthat.",
        plan=None,
        author="tester",
        at="2026-06-01T10:00:00.5Z",
        at_key="2026-06-01T10:00:00.500000000",
        line=1,
    )


@pytest.mark.parametrize("kind", [one.name for one in PLAN_KINDS.values() if not one.is_note])
def test_edges_need_a_related_ticket_and_no_note(kind: str) -> None:
    assert [record.kind.name for record in records(line(kind=kind))] == [kind]
    for absent in (..., None):
        (record,) = records(line(kind=kind, note=absent, accepted_plan=absent))
        assert (record.note, record.plan) == (None, None)
        message = fault_of_the_middle(line(kind=kind, related_ticket=absent)).message
        assert_says(message, f"target {kind}")


def test_notes_need_no_related_ticket_but_may_name_one() -> None:
    for base in (PLAN, WAIT):
        assert [record.target for record in records(line(base))] == [None]
        assert [record.target for record in records(line(base, related_ticket=B))] == [B]


def test_plan_has_all_its_parts() -> None:
    parts = {"branch": "work/0001", "worktree": "trees/0001", "role_plan": "one\ncodes"}
    assert records(planned(**parts))[0].plan == Plan("Do it.", **parts)
    assert records(planned(branch=None))[0].plan == Plan("Do it.")


def test_content_id_is_that_of_the_canonical_entry() -> None:
    canonical = (
        '{"accepted_plan":{"branch":null,"summary":"Grün 🦀"},"at":"2026-06-01T10:00:00Z",'
        '"author":"tester","id":"orch-plan-1","kind":"accepted_plan","ticket_id":"00001KT0000AA"}'
    )
    (found,) = records(planned(summary="Grün 🦀", branch=None))
    assert found.id == f"x-{hashlib.sha256(canonical.encode()).hexdigest()[:16]}"


def test_content_id_depends_on_nothing_but_the_entry() -> None:
    entry = json.loads(line(note="é"))
    mixed = dict(reversed(entry.items()))
    raw = json.dumps(mixed, ensure_ascii=False, separators=(" ,\t", "  : ")).encode()
    same = records(b"\n".join([line(note="é"), raw, b" \t" + raw + b" \r"]))
    assert len({record.id for record in same}) == 1
    others = records(b"\n".join([line(), line(note=None), line(id="orch-plan-2"), line(note="e")]))
    assert len({record.id for record in others + same}) == 5


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"\n \n\t\r\n", []),
        (line() + b"\n" + line(), [1, 2]),
        (line() + b"\r\n\r\n" + line() + b"\r\n", [1, 3]),
        (b"\xef\xbb\xbf" + line() + b"\n", [1]),
        (line().replace(b",", b"\r,\r") + b"\n" + line(), [1, 2]),
        (b"\n" + line(note="a\u2028b\u0085c\rd\n") + b"\n" + line(), [2, 3]),
        (line(note="u").replace(b'"u"', '"\u2028\u0085x\u2029"'.encode()) + b"\n" + line(), [1, 2]),
    ],
    ids=["empty", "blank", "no last newline", "CRLF", "BOM", "CR", "escaped", "U+2028"],
)
def test_every_record_has_its_line(data: bytes, lines: list[int]) -> None:
    assert [record.line for record in records(data)] == lines


def test_ids_may_repeat() -> None:
    assert len(records(line() + b"\n" + line(note="other") + b"\n" + line())) == 3


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        *((line(**{key: ...}), f"no {key}") for key in BASE if key != "related_ticket"),
        *((line(**{key: None}), f"no {key}") for key in BASE if key != "related_ticket"),
        *((line(**{key: " "}), f"empty {key}") for key in (*BASE, "note")),
        *((line(**{key: 5}), f"{key} that is not text") for key in (*BASE, "note")),
        *((line(**{key: {}}), f"{key} that is not text") for key in (*BASE, "note")),
        *((line(**{key: "é" * 512 + "x"}), "1025 bytes") for key in BASE),
        *((line(**{key: "a\nb"}), "more than one line") for key in BASE),
        *((line(**{key: "a\0b"}), "NUL") for key in (*BASE, "note")),
        *((line(**{key: "a\ud800"}), "not valid Unicode") for key in (*BASE, "note")),
        (line(note="é" * 8192 + "x"), "16385 bytes"),
        (line(severity="high"), "unknown field 'severity'"),
        (line(target=B), "unknown field 'target'"),
        (line(**{"a\ud800": 1}), "unknown field"),
        (line(ticket_id=B, related_ticket=A), f"ticket_id '{B}'"),
        (line(ticket_id=A.lower()), f"ticket_id '{A.lower()}'"),
        *(
            (line(kind=kind), f"unknown kind '{kind}'")
            for kind in ("depends_on", "waiting", "umbrella")
        ),
        (line(related_ticket=A), "its own ticket"),
        (line(WAIT, related_ticket=A), "its own ticket"),
        (line(WAIT, note=...), "no note"),
        (line(WAIT, note=None), "no note"),
        (line(at="2026-06-01"), "an at '2026-06-01' RFC 3339"),
        (line(PLAN, accepted_plan=...), "has no accepted_plan"),
        (line(PLAN, accepted_plan=None), "has no accepted_plan"),
        (line(PLAN, accepted_plan="x"), "no JSON object"),
        (line(PLAN, accepted_plan=[]), "no JSON object"),
        (line(accepted_plan={"summary": "Do it."}), "does not belong to after"),
        (line(PLAN, accepted_plan={}), "no summary"),
        *((planned(**{key: ""}), f"empty {key}") for key in ("summary", "branch", "role_plan")),
        *((planned(**{key: 5}), "not text") for key in ("summary", "branch", "worktree")),
        *((planned(**{key: "a" * 1025}), "1025 bytes") for key in ("branch", "worktree")),
        *((planned(**{key: "a" * 16385}), "16385 bytes") for key in ("summary", "role_plan")),
        *((planned(**{key: "a\nb"}), "more than one line") for key in ("branch", "worktree")),
        (planned(reviewer="me"), "unknown field 'reviewer'"),
        (line()[:-1], "not valid JSON"),
        (line() + line(), "text after"),
        (b"# a comment", "not valid JSON"),
        (b"[]", "no JSON object"),
        (line(note="x").replace(b'"x"', b'"caf\xe9"'), "not UTF-8"),
        (line(note="x").replace(b'"x"', b'"\0"'), "NUL"),
        (line().replace(b'"kind"', b'"at"'), "'at' twice"),
        (b'{"\\ud800":1,"\\ud800":1}', "twice"),
        *((line(note=float(word)), "is not JSON") for word in ("nan", "inf", "-inf")),
        (line(note=...).replace(b'"tester"', b"9" * 5_000), "number that is too long"),
        (line(note=...).replace(b'"tester"', b"[" * 100_000), "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"<<<<<<< HEAD", "merge conflict"),
        (b">>>>>>> topic", "merge conflict"),
        (line(note="x" * LINE_LIMIT), "bytes"),
        (b"x" * 2_000_000, "bytes"),
    ],
)
def test_bad_line_affects_only_itself(bad: bytes, message: str) -> None:
    assert_says(fault_of_the_middle(bad).message, message)


def test_cut_last_line_affects_only_itself() -> None:
    found, (fault,) = parse_plan_lines(line() + b"\n" + line()[:-20], A)
    assert ([record.line for record in found], fault.line) == ([1], 2)


def test_text_has_a_limit_in_bytes() -> None:
    (found,) = records(line(note="é" * 8192, author="é" * 512, related_ticket="é" * 512))
    assert (len(found.note or ""), len(found.target or "")) == (8192, 512)
    (found,) = records(planned(**dict.fromkeys(("summary", "role_plan"), "é" * 8192)))
    assert found.plan == Plan("é" * 8192, role_plan="é" * 8192)


def test_largest_escaped_texts_fit_into_a_line() -> None:
    long = dict.fromkeys(("summary", "role_plan"), "\1" * 16384)
    short = dict.fromkeys(("branch", "worktree"), "\1" * 1024)
    assert len(records(line(PLAN, note="\1" * 16384, accepted_plan=long | short))) == 1


@pytest.mark.parametrize("base", [PLAN, {}], ids=["plan", "edge"])
def test_any_depth_of_nesting_is_a_problem(base: dict[str, Any]) -> None:
    for depth in range(1, 1_100):
        nested = line(base, accepted_plan="x").replace(b'"x"', b"[" * depth + b"]" * depth)
        found, wrong = parse_plan_lines(nested, A)
        assert (found, len(wrong)) == ([], 1)


@settings(deadline=None)
@given(st.lists(JSON | st.builds(planned, branch=SCALARS, summary=SCALARS) | st.binary()))
def test_every_line_is_a_record_or_a_fault(values: list[Any]) -> None:
    lines = [
        (value if isinstance(value, bytes) else json.dumps(value).encode()) for value in values
    ]
    data = b"\n".join(lines)
    found, wrong = parse_plan_lines(data, A)
    seen = [record.line for record in found] + [fault.line for fault in wrong]
    text = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    assert sorted(seen, key=str) == sorted(
        (n for n, one in enumerate(text, 1) if one.strip()), key=str
    )
    for fault in wrong:
        fault.message.encode()
