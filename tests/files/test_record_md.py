from __future__ import annotations

from itertools import combinations

import pytest
from workspace_builder import AT, A, B, assert_says, ulid

from yoi_relations.files.record import Plan, Record, Retired, Retirement
from yoi_relations.files.record_md import named_targets, parse_record
from yoi_relations.files.source import Effect, Fault, Format, SourceError
from yoi_relations.kinds import KINDS

STEM = ulid(1)
NAME = f"{STEM}.md"
EDGES = [name for name, kind in KINDS.items() if not kind.is_note]
NOTES = [name for name, kind in KINDS.items() if kind.is_note]
RETIRED = {"retired_at": AT, "retired_by": "someone", "retired_reason": "It is done."}
CONTENT_ID = "x-0123456789abcdef"


def written(body: str = "", /, **changes: str | None) -> bytes:
    """A record of B blocking A, with `changes`; a field changed to None is left out."""
    fields: dict[str, str | None] = {
        "kind": "blocked_by",
        "target": B,
        "author": "tester",
        "at": AT,
    }
    fields |= changes
    lines = [f"{key}: {value}\n" for key, value in fields.items() if value is not None]
    return f"---\n{''.join(lines)}---\n{body}".encode()


def parse(data: bytes, name: str = NAME) -> tuple[Record | Retirement, list[Fault]]:
    return parse_record(data, name, A)


def record(data: bytes) -> Record:
    found, faults = parse(data)
    assert isinstance(found, Record)
    assert faults == []
    return found


def problem(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        parse(data)
    return caught.value


def text_of(found: Record, field: str) -> str | None:
    for part in (found, found.plan):
        if part is not None and hasattr(part, field):
            text: str | None = getattr(part, field)
            return text
    assert found.retired
    return {"retired_by": found.retired.by, "retired_reason": found.retired.reason}[field]


def test_record_is_read_with_all_its_fields() -> None:
    data = written("\nWait for it.\n\nIt comes soon.\n", at="2026-06-01T12:00:00.50+02:00")
    assert record(data) == Record(
        id=ulid(1),
        format=Format.FRONTMATTER,
        kind=KINDS["blocked_by"],
        holder=A,
        target=B,
        note="Wait for it.\n\nIt comes soon.",
        plan=None,
        author="tester",
        at="2026-06-01T10:00:00.5Z",
        at_key="2026-06-01T10:00:00.500000000",
    )


def test_accepted_plan_has_its_summary_in_the_body() -> None:
    fields = {"branch": "work/0001", "worktree": "trees/0001", "role_plan": "one codes"}
    found = record(written("Do it.\n", kind="accepted_plan", target=None, **fields))
    assert (found.plan, found.note) == (Plan("Do it.", *fields.values()), None)
    bare = record(written("Do it.", kind="accepted_plan", target=None))
    assert bare.plan == Plan("Do it.")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_may_have_a_target_and_a_text(kind: str) -> None:
    found = record(written("Why.", kind=kind))
    assert (found.kind.name, found.target) == (kind, B)
    assert found.note == (None if kind == "accepted_plan" else "Why.")


@pytest.mark.parametrize("kind", EDGES)
def test_edge_needs_a_target_and_no_note(kind: str) -> None:
    assert record(written("\n \n", kind=kind)).note is None
    assert_says(problem(written("Why.", kind=kind, target=None)).message, f"target {kind}")


@pytest.mark.parametrize("kind", NOTES)
def test_note_needs_text_and_no_target(kind: str) -> None:
    assert record(written("Why.", kind=kind, target=None)).target is None
    assert problem(written(" \n", kind=kind, target=None)).message.startswith("has ")


@pytest.mark.parametrize("key", ["kind", "author", "at"])
def test_missing_field_is_a_problem(key: str) -> None:
    assert problem(written(**{key: None})).message.endswith(f" {key}")


@pytest.mark.parametrize(
    "key", ["kind", "target", "author", "at", "branch", "worktree", "role_plan"]
)
@pytest.mark.parametrize(
    ("value", "message"),
    [("", "empty"), ("~", "empty"), ("' '", "empty"), ("[a]", "not text"), ("{a: b}", "not text")],
)
def test_empty_or_non_text_field_is_a_problem_with_its_line(
    key: str, value: str, message: str
) -> None:
    fields: dict[str, str | None] = {"kind": "accepted_plan", "target": None, key: value}
    error = problem(written("Do it.", **fields))
    assert_says(error.message, f"{key} {message}")
    line = next(
        n for n, text in enumerate(written(**fields).split(b"\n"), 1) if key.encode() in text
    )
    assert error.line == line


@pytest.mark.parametrize(
    ("fields", "line", "message"),
    [
        ({"kind": "blockedby"}, 2, "did you mean blocked_by"),
        ({"kind": "parent"}, 2, "unknown kind 'parent'"),
        ({"kind": "Blocks"}, 2, "unknown kind 'Blocks'"),
        ({"target": A}, 3, "its own ticket"),
        ({"author": '"two\\nlines"'}, 4, "more than one line"),
        ({"author": '"a\\0b"'}, 4, "NUL"),
        ({"at": "yesterday"}, 5, "an at 'yesterday' RFC 3339"),
        (RETIRED | {"retired_at": "soon"}, 6, "a retired_at 'soon' RFC 3339"),
        ({"at": "2026-06-01"}, 5, "RFC 3339"),
        ({"author": "Docs: x"}, 4, "needs quotes"),
        ({"retires": CONTENT_ID}, 6, "together with kind or target"),
        ({"retires": CONTENT_ID, "target": None}, 5, "together with kind or target"),
    ],
)
def test_bad_field_is_a_problem_with_its_line(
    fields: dict[str, str], line: int, message: str
) -> None:
    error = problem(written(**fields))
    assert_says(error.message, message)
    assert error.line == line


@pytest.mark.parametrize("kind", KINDS)
def test_record_about_its_own_ticket_is_refused(kind: str) -> None:
    assert "its own ticket" in problem(written("Why.", kind=kind, target=A)).message


def test_target_that_differs_in_case_is_another_ticket() -> None:
    assert record(written(target=A.lower())).target == A.lower()


@pytest.mark.parametrize("target", ["00001234", "1e5", "no", "12:30:45", "2026-06-01"])
def test_id_is_never_altered(target: str) -> None:
    assert record(written(target=target)).target == target


@pytest.mark.parametrize(
    ("field", "limit"),
    [
        *((key, 1024) for key in ("target", "author", "branch", "worktree")),
        *((key, 1024) for key in ("retired_by", "retired_reason")),
        *((key, 16 * 1024) for key in ("role_plan", "note", "summary")),
    ],
)
def test_text_has_a_limit_in_bytes(field: str, limit: int) -> None:
    def data(text: str) -> bytes:
        kind = "waiting" if field == "note" else "accepted_plan"
        body = text if field in {"note", "summary"} else "Do it."
        fields: dict[str, str | None] = {"kind": kind, "target": None, **RETIRED}
        return written(body, **fields | ({} if body == text else {field: text}))

    full = "é" * (limit // 2)
    assert text_of(record(data(full)), field) == full
    error = problem(data(full + "x"))
    assert_says(error.message, f"{field} {limit + 1} bytes {limit}")


def test_unknown_key_is_reported_and_the_record_used() -> None:
    found, (fault,) = parse(written("Why.", severity="high"))
    assert found == record(written("Why."))
    assert (fault.effect, fault.line) == (Effect.NONE, 6)
    assert "'severity'" in fault.message


@pytest.mark.parametrize("key", ["branch", "worktree", "role_plan"])
def test_plan_keys_are_unknown_in_other_records(key: str) -> None:
    _, (fault,) = parse(written(**{key: "a"}))
    assert f"'{key}'" in fault.message


@pytest.mark.parametrize(
    "stem", ["notes", ulid(1)[1:], f"{ulid(1)}0", f"8{ulid(1)[1:]}", f"{ulid(1)[1:]}U"]
)
def test_file_name_that_is_not_a_ulid_is_reported_and_the_record_used(stem: str) -> None:
    found, (fault,) = parse(written(), f"{stem}.md")
    assert found.id == stem
    assert (fault.effect, fault.line) == (Effect.NONE, None)


def test_retired_record_says_when_by_whom_and_why() -> None:
    found = record(written("Why.", **RETIRED | {"retired_at": "2026-06-01T12:00:00+02:00"}))
    assert found.retired == Retired(AT, "someone", "It is done.")
    assert found.note == "Why."


@pytest.mark.parametrize("keys", [*combinations(RETIRED, 1), *combinations(RETIRED, 2)])
@pytest.mark.parametrize("retires", [None, CONTENT_ID])
def test_half_a_retirement_is_a_problem(keys: tuple[str, ...], retires: str | None) -> None:
    fields = {key: RETIRED[key] for key in keys}
    missing = next(key for key in RETIRED if key not in keys)
    assert problem(written(retires=retires, **fields)).message.endswith(f" {missing}")


NEITHER: dict[str, str | None] = {"kind": None, "target": None}


@pytest.mark.parametrize("retires", [CONTENT_ID, ulid(3), "by-hand", "00001234"])
@pytest.mark.parametrize("body", ["Over.", "\n\nOver.\n\n"])
def test_retirement_names_a_record_and_has_the_reason_as_its_body(retires: str, body: str) -> None:
    found, faults = parse(written(body, retires=retires, **NEITHER))
    assert found == Retirement(STEM, A, retires, Retired(AT, "tester", "Over."))
    assert faults == []


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [("author", None, " author"), ("at", None, " at"), ("retires", "~", " retires")],
)
def test_retirement_needs_author_time_and_record(key: str, value: str | None, message: str) -> None:
    fields = NEITHER | {"retires": CONTENT_ID} | {key: value}
    assert message in problem(written("Over.", **fields)).message


@pytest.mark.parametrize("body", ["", "\n \n"])
def test_retirement_without_a_reason_is_a_problem(body: str) -> None:
    assert problem(written(body, retires=CONTENT_ID, **NEITHER)).message.endswith(" reason")


@pytest.mark.parametrize(
    ("author", "at"), [("tester", AT), ("tester", None), (None, AT), (None, None)]
)
@pytest.mark.parametrize("kind", ["blocks", "waiting_capacity_note", "accepted_plan", "no_kind"])
def test_retirement_of_an_earlier_version_is_read(
    kind: str, author: str | None, at: str | None
) -> None:
    target = B if kind == "blocks" else None
    fields = {"kind": kind, "target": target, "author": author, "at": at}
    found, faults = parse(written(retires=CONTENT_ID, **fields, **RETIRED))
    assert found == Retirement(STEM, A, CONTENT_ID, Retired(AT, "someone", "It is done."))
    assert faults == []


@pytest.mark.parametrize(
    ("data", "targets"),
    [
        (b"---\nkind: no\ntarget: B1\n---\n", ("B1",)),
        (b"---\nkind: no\n---\n", None),
        (b"---\nkind: no\ntarget: [B1]\n---\n", None),
        (b"---\nkind: no\ntarget: B1\n", None),
        (b"---\ntarget: B1\n<<<<<<< HEAD\n---\n", None),
        (b"---\ntarget: B1\n---\n<<<<<<< HEAD\n", ("B1",)),
    ],
)
def test_target_of_an_unusable_file_is_read_if_possible(
    data: bytes, targets: tuple[str, ...] | None
) -> None:
    assert named_targets(data) == targets


@pytest.mark.parametrize("body", ["One.\nTwo.", "\n\nOne.\nTwo.\n\n", "One.\r\nTwo.\r\n"])
def test_note_is_the_body_without_surrounding_space(body: str) -> None:
    assert record(written(body)).note == "One.\nTwo."
    assert record(written(body).replace(b"\r", b"").replace(b"\n", b"\r\n")).note == "One.\nTwo."


@pytest.mark.parametrize(
    ("body", "line"),
    [(b"a\ncaf\xe9\n", 8), (b"\0", 7), (b"\n\n\xff", 9), (b"a\n<<<<<<< HEAD\nb\n", 8)],
)
def test_bad_body_is_a_problem_with_its_line(body: bytes, line: int) -> None:
    assert problem(written() + body).line == line


def test_body_may_contain_fences_and_headings() -> None:
    body = "Title\n=======\n\n---\nkind: blocks\n---"
    assert record(written(body)).note == body
