from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from subprocess import PIPE
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace_builder import AT, A, B, assert_says

from yoi_relations.files.read_source import LIST_LIMIT
from yoi_relations.files.record import Record
from yoi_relations.files.record_json import parse_relations
from yoi_relations.files.source import Fault, Format, SourceError
from yoi_relations.kinds import JSON_KINDS

BASE = {"ticket_id": A, "kind": "blocks", "target": B, "author": "tester", "at": AT}
FIELDS = [*BASE, "note", "version", "relations", "id"]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
JSON = st.recursive(
    SCALARS | st.sampled_from([*BASE.values(), 1, ""]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
    max_leaves=20,
)


def entry(**changes: Any) -> dict[str, Any]:
    """A good entry with `changes`; a field changed to ... is left out."""
    return {key: value for key, value in (BASE | changes).items() if value is not ...}


def document(*entries: Any, **changes: Any) -> bytes:
    return json.dumps({"version": 1, "relations": entries} | changes, indent=2).encode()


def records(data: bytes) -> list[Record]:
    found, faults = parse_relations(data, A)
    assert faults == []
    return found


def faults(data: bytes) -> list[Fault]:
    """What is wrong with a document that was spoiled, as a whole or by an entry."""
    try:
        found, wrong = parse_relations(data, A)
    except SourceError as error:
        return [Fault(error.message, line=error.line)]
    assert found == []
    return wrong


def test_entry_is_read_with_all_its_fields() -> None:
    (found,) = records(document(entry(note="First\nthis.", at="2026-06-01T12:00:00.5+02:00")))
    assert found == Record(
        id=found.id,
        format=Format.RELATIONS_JSON,
        kind=JSON_KINDS["blocks"],
        holder=A,
        target=B,
        note="First\nthis.",
        plan=None,
        author="tester",
        at="2026-06-01T10:00:00.5Z",
        at_key="2026-06-01T10:00:00.500000000",
        line=4,
    )


@pytest.mark.parametrize("kind", JSON_KINDS)
def test_every_kind_of_the_format_is_read(kind: str) -> None:
    assert [record.kind.name for record in records(document(entry(kind=kind)))] == [kind]


@pytest.mark.parametrize("note", [..., None])
def test_note_may_be_absent(note: Any) -> None:
    assert [record.note for record in records(document(entry(note=note)))] == [None]


def test_content_id_is_that_of_the_canonical_entry() -> None:
    canonical = (
        r'{"at":"2026-06-01T10:00:00Z","author":"tester","kind":"blocks","note":"\"Da\" 🦀",'
        '"target":"00001KT0000BB","ticket_id":"00001KT0000AA"}'
    )
    (found,) = records(document(entry(note='"Da" 🦀')))
    assert found.id == f"x-{hashlib.sha256(canonical.encode()).hexdigest()[:16]}"


def test_content_id_depends_on_nothing_but_the_entry() -> None:
    mixed = {key: entry(note="é")[key] for key in ("note", *reversed(BASE))}
    pretty = document(entry(note="é"))
    compact = json.dumps({"relations": [mixed], "version": 1}, ensure_ascii=False).encode()
    ids = [records(data)[0].id for data in (pretty, compact, pretty.replace(b"\n", b"\r\n\t"))]
    assert len(set(ids)) == 1
    other = [entry(note="e"), entry(note=None), entry()]
    assert len({record.id for record in records(document(*other))} | set(ids)) == 4


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (document(entry(), entry()), [4, 11]),
        (document(entry(), entry()).replace(b"\n", b"\r\n"), [4, 11]),
        (b"\xef\xbb\xbf" + document(entry(), entry()), [4, 11]),
        (document(entry(note="a\u2028b\u0085c\n"), entry()), [4, 12]),
        (json.dumps({"relations": [BASE, BASE], "version": 1}).encode(), [1, 1]),
        (b'\n{"relations":\n[\n\n' + json.dumps(BASE).encode() + b'\n]\n,"version":1}\n\n', [5]),
        (document(), []),
    ],
    ids=["pretty", "CRLF", "BOM", "U+2028", "compact", "loose", "none"],
)
def test_every_record_has_its_line(data: bytes, lines: list[int]) -> None:
    assert [record.line for record in records(data)] == lines


def test_line_separators_within_text_start_no_line() -> None:
    raw = json.dumps({"version": 1, "relations": []}, indent=1)[:-4]
    pair = [json.dumps(entry(note="a\u2028b\u0085c"), ensure_ascii=False)] * 2
    found = records((raw + "[\n" + ",\n".join(pair) + "\n]}").encode())
    assert [(record.note, record.line) for record in found] == [
        *(("a\u2028b\u0085c", 4), ("a\u2028b\u0085c", 5)),
    ]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        *((entry(**{key: ...}), f"no {key}") for key in BASE),
        *((entry(**{key: None}), f"no {key}") for key in BASE),
        *((entry(**{key: ""}), f"empty {key}") for key in (*BASE, "note")),
        *((entry(**{key: " \n"}), f"empty {key}") for key in (*BASE, "note")),
        *((entry(**{key: 5}), f"{key} that is not text") for key in (*BASE, "note")),
        *((entry(**{key: ["x"]}), f"{key} that is not text") for key in (*BASE, "note")),
        *((entry(**{key: "é" * 512 + "x"}), "1025 bytes") for key in ("author", "target")),
        *((entry(**{key: "a\nb"}), "more than one line") for key in ("author", "target")),
        *((entry(**{key: "a\0b"}), "NUL") for key in (*BASE, "note")),
        *((entry(**{key: "a\ud800"}), "not valid Unicode") for key in (*BASE, "note")),
        (entry(note="é" * 8192 + "x"), "16385 bytes"),
        (entry(severity="high"), "unknown field 'severity'"),
        (entry(id="rel-1"), "unknown field 'id'"),
        (entry(**{"a\ud800": 1}), "unknown field"),
        (entry(ticket_id=B, target=A), f"ticket_id '{B}'"),
        (entry(ticket_id=A.lower()), f"ticket_id '{A.lower()}'"),
        (entry(kind="blocked_by"), "unknown kind 'blocked_by'"),
        (entry(kind="parent"), "unknown kind 'parent'"),
        (entry(target=A), "its own ticket"),
        (entry(at="2026-06-01"), "an at '2026-06-01' RFC 3339"),
        (None, "no JSON object"),
        ([], "no JSON object"),
        ("text", "no JSON object"),
        (5, "no JSON object"),
    ],
)
def test_bad_entry_makes_the_file_unusable_and_is_named_with_its_line(
    bad: Any, message: str
) -> None:
    (fault,) = faults(document(entry(), bad, entry()))
    assert_says(fault.message, message)
    assert fault.line == 11
    fault.message.encode()  # it will be written down


def test_text_has_a_limit_in_bytes() -> None:
    (found,) = records(document(entry(note="é" * 8192, author="é" * 512, target="é" * 512)))
    assert (len(found.note or ""), len(found.author or ""), len(found.target or "")) == (
        *(8192, 512, 512),
    )


def test_all_bad_entries_are_reported() -> None:
    wrong = faults(document(entry(kind="a"), entry(), entry(target=A), entry(at="now")))
    assert [fault.line for fault in wrong] == [4, 18, 25]


def test_number_of_reported_bad_entries_is_limited() -> None:
    data = b'{"version":1,"relations":[' + b'{"a":1},\n' * 100_000 + b'{"a":1}]}'
    *named, last = faults(data)
    assert [fault.line for fault in named] == [*range(1, 101)]
    assert (last.message, last.line) == ("has more than 100 bad entries", 101)
    assert len(faults(document(*[{}] * 100))) == 100


@pytest.mark.parametrize("version", [2, 0, 1.0, True, "1", None, [1], -1])
def test_another_version_is_refused(version: Any) -> None:
    (fault,) = faults(document(entry(), version=version))
    assert "version" in fault.message


@pytest.mark.parametrize("relations", [None, {}, "", 1, {"relations": []}])
def test_relations_must_be_a_list(relations: Any) -> None:
    (fault,) = faults(document(relations=relations))
    assert "list of relations" in fault.message


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"", 1, "not valid JSON"),
        (b" \n\n", 3, "not valid JSON"),
        (b"[]", 1, "not valid JSON"),
        (b"null", 1, "not valid JSON"),
        (b'{"version":1}', None, "no list of relations"),
        (b'{"relations":[]}', None, "version"),
        (document(entry(), note="a"), None, "unknown field 'note'"),
        (document(entry())[:-3], 11, "not valid JSON"),
        (document(entry()) + b"\n}", 13, "text after"),
        (document(entry(), entry()).replace(b"},", b"}"), 11, "not valid JSON"),
        (document(entry()).replace(b"  ]", b"  ,]"), 11, "not valid JSON"),
        (document(entry()).replace(b'"version"', b"version"), 2, "not valid JSON"),
        (b'{"version":1,\n"version":1,"relations":[]}', 2, "twice"),
        (b'{"relations":[],\n"relations":[],"version":1}', 2, "twice"),
        (b'{\n1:1,"version":1,"relations":[]}', 2, "no text"),
        (document(entry()).replace(b'"kind"', b'"at"'), 4, "'at' twice"),
        (b'{"version":1,"relations":[],"\\ud800":1}', None, "unknown field"),
        (b'{"relations":[{"\\ud800":1,"\\ud800":1}]}', 1, "twice"),
        *((document(entry(note=float(c))), 4, "is not JSON") for c in ("nan", "inf", "-inf")),
        (document(entry()).replace(b'"tester"', b"9" * 5000), 4, "number that is too long"),
        (document(entry()).replace(b'"tester"', b"[" * 100_000), 4, "nested too deeply"),
        (document(entry()).replace(b'"tester"', b'{"a":' * 100_000), 4, "nested too deeply"),
        (b"[" * 100_000, 1, "not valid JSON"),
        (document(entry(note="x")).replace(b'"x"', b'"caf\xe9"'), 10, "not UTF-8"),
        (document(entry(note="x")).replace(b'"x"', b'"\0"'), 10, "NUL"),
        (document(entry(note="x")).replace(b'"x"', b'"\n"'), 10, "not valid JSON"),
        (document(entry()).replace(b"\n    {", b"\n<<<<<<< HEAD\n    {"), 4, "merge conflict"),
    ],
)
def test_bad_document_has_reason_and_line(data: bytes, line: int | None, message: str) -> None:
    (fault,) = faults(data)
    assert_says(fault.message, message)
    assert fault.line == line
    fault.message.encode()  # it will be written down


def test_duplicate_key_is_found_among_very_many() -> None:
    """In time that grows with the number of keys, not with its square."""
    code = """if True:
        from yoi_relations.files.record_json import parse_relations
        keys = ",".join(f'"{number}":0' for number in range(300_000))
        parse_relations(b'{"relations":[{%s,"299999":0}]}' % keys.encode(), "a")
    """
    ran = subprocess.run([sys.executable, "-c", code], stderr=PIPE, check=False, timeout=120)
    assert b"names the key '299999' twice" in ran.stderr


@settings(deadline=None)
@given(JSON | st.builds(document, JSON, JSON) | st.binary())
def test_only_source_errors_are_raised(value: Any) -> None:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    try:
        found, wrong = parse_relations(data, A)
    except SourceError as error:
        found, wrong = [], [Fault(error.message)]
    assert not (found and wrong)
    for fault in wrong:
        fault.message.encode()


# What comes before, the piece, and what comes after; "N" is another number in each.
PIECES = {
    "numbers": ("[", "1", "]"),
    "lines": ("[", "1\n", "]"),
    "objects": ("[", "{}", "]"),
    "lists": ("[", "[]", "]"),
    "texts": ("[", '""', "]"),
    "lists in one": ("[[", "[]", "]]"),
    "fields of one": ("[{", '"N":1', "}]"),
    "fields": ("[],", '"N":1', ',"b":1'),
}


@pytest.mark.parametrize("pieces", PIECES.values(), ids=PIECES)
def test_many_bad_entries_give_few_problems(pieces: tuple[str, str, str]) -> None:
    """As many as fit in; `tests/campaign/test_bounds.py` bounds the time of the like."""
    before, piece, after = pieces
    number = LIST_LIMIT // (len(piece) + 1)
    filled = ",".join(piece.replace("N", str(n)) for n in range(number))
    data = f'{{"version":1,"relations":{before}{filled}{after}}}'.encode()[:LIST_LIMIT]
    try:
        found, wrong = parse_relations(data, "A")
    except SourceError:
        return
    assert found == []
    assert 0 < len(wrong) <= 101
