from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from yoi_relations.files import yaml_full
from yoi_relations.files.source import Effect, Fault, FaultCode
from yoi_relations.files.ticket_md import Ticket, parse_item
from yoi_relations.states import RESOLVED, State

UNKNOWN = Ticket(None, None, None)


def item(head: str) -> bytes:
    return f"---\n{head}\n---\n\nWhat it is about.\n".encode()


def serious(faults: list[Fault]) -> list[Fault]:
    """Those that more than doctor speaks of."""
    return [fault for fault in faults if fault.effect is not Effect.ADVICE]


@pytest.mark.parametrize("state", [*State])
@pytest.mark.parametrize("key", ["state", "workflow_state", "status"])
def test_every_state_is_read_from_every_key(key: str, state: State) -> None:
    assert parse_item(item(f"title: a\n{key}: {state}"), None) == (Ticket("a", None, state), [])


def test_done_and_closed_are_resolved() -> None:
    assert {state for state in State if state in RESOLVED} == {State.DONE, State.CLOSED}


@pytest.mark.parametrize(
    ("head", "bucket", "state"),
    [
        ("state: ready\nworkflow_state: done\nstatus: closed", "closed", State.READY),
        ("status: closed\nworkflow_state: queued", "closed", State.QUEUED),
        ("status: closed", "open", State.CLOSED),
        ("state: intake", None, State.PLANNING),
        ("workflow_state: intake", "closed", State.PLANNING),
        ("status: open", None, State.PLANNING),
        ("status: pending", None, State.PLANNING),
        ("title: a", "open", State.PLANNING),
        ("title: a", "pending", State.PLANNING),
        ("title: a", "closed", State.CLOSED),
        ("state: 'done'", None, State.DONE),
        ("state: queued # since monday", None, State.QUEUED),
    ],
)
def test_first_of_state_workflow_state_status_bucket_decides(
    head: str, bucket: str | None, state: State
) -> None:
    ticket, faults = parse_item(item(f"slug: x\n{head}"), bucket)
    assert (ticket.state, serious(faults)) == (state, [])


@pytest.mark.parametrize("word", ["no", "paused", "00001234", "open", "pending", "12:30:45", "''"])
@pytest.mark.parametrize("bucket", [None, "closed"])
def test_unknown_state_is_a_problem_with_its_line(word: str, bucket: str | None) -> None:
    ticket, (fault,) = parse_item(item(f"title: a\nstate: {word}\nstatus: closed"), bucket)
    assert (ticket.title, ticket.state) == ("a", None)
    assert (fault.effect, fault.line) == (Effect.TICKET, 3)
    assert word.strip("'") in fault.message


@pytest.mark.parametrize("key", ["state", "workflow_state", "status"])
@pytest.mark.parametrize("value", ["[done]", "{a: done}", "*t"])
def test_state_that_is_not_text_is_a_problem_with_its_line(key: str, value: str) -> None:
    ticket, faults = parse_item(item(f"title: &t a\n{key}: {value}"), "closed")
    (fault,) = serious(faults)
    assert (ticket.title, ticket.state) == ("a", None)
    assert (fault.effect, fault.line) == (Effect.TICKET, 3)


@pytest.mark.parametrize("word", ["intake", "opened"])
def test_unknown_status_is_a_problem_in_spite_of_the_bucket(word: str) -> None:
    ticket, faults = parse_item(item(f"title: a\nstatus: {word}"), "closed")
    assert (ticket.state, len(faults)) == ((None, 1) if word == "opened" else (State.PLANNING, 0))


def test_missing_state_is_a_problem() -> None:
    ticket, (fault,) = parse_item(item("title: a"), None)
    assert ticket == Ticket("a", None, None)
    assert (fault.effect, fault.line) == (Effect.TICKET, None)


KEYS = ["state", "workflow_state", "status"]
OLDER = {
    "state": "workflow_state: done\nstatus: closed",
    "workflow_state": "status: closed",
    "status": "",
}
"""By key, what would stand in for it."""


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", ["", "~", "null", "# ready", "''", '" "'])
@pytest.mark.parametrize("bucket", [None, "closed"])
def test_empty_state_is_a_problem_without_a_replacement(
    key: str, value: str, bucket: str | None
) -> None:
    ticket, faults = parse_item(item(f"title: a\n{key}: {value}\n{OLDER[key]}"), bucket)
    (fault,) = serious(faults)
    assert ticket.state is None
    assert (fault.effect, fault.line) == (Effect.TICKET, 3)


def misspelled(draw: st.DrawFn) -> tuple[str, str]:
    """A key of a state, and nearly that key."""
    key = draw(st.sampled_from(KEYS))
    at = draw(st.integers(0, len(key) - 1))
    sign = draw(st.sampled_from(("\u200b", "\u00ad", "\ufeff", " ", "?", "x", "\u0435", "")))
    written = draw(
        st.sampled_from(
            (
                key.title(),
                key.upper(),
                key.replace("_", "-") + "?",
                key[:at] + sign + key[at:],
                key[:at] + sign + key[at + 1 :],
                key[:at] + key[at:][1::-1] + key[at:][2:],
            )
        )
    )
    return key, written


@given(one=st.composite(misspelled)(), bucket=st.sampled_from((None, "closed")))
def test_misspelled_state_key_hides_later_keys(one: tuple[str, str], bucket: str | None) -> None:
    key, written = one
    assume(written not in {*KEYS, "stats"})  # these have their own meaning
    head = f"title: a\n{json.dumps(written, ensure_ascii=False)}: queued\n{OLDER[key]}"
    ticket, faults = parse_item(item(head), bucket)
    assert ticket.state is None
    assert [fault.effect for fault in serious(faults)] == [Effect.TICKET]


@pytest.mark.parametrize("key", ["stage", "stale", "estimate", "start", "tate-modern", "workflow"])
def test_other_keys_do_not_hide_the_state(key: str) -> None:
    head = f"title: a\n{key}: queued\nworkflow_state: ready"
    assert parse_item(item(head), None) == (Ticket("a", None, State.READY), [])


def test_misspelled_key_matters_only_without_the_right_one() -> None:
    head = "title: a\nState: done\nstate: ready\nStatus: closed"
    assert parse_item(item(head), None) == (Ticket("a", None, State.READY), [])


@pytest.mark.parametrize(
    ("head", "title", "slug"),
    [
        ("title: no\nslug: 00001234", "no", "00001234"),
        ("title: 'Docs: x'\nslug: 12:30:45", "Docs: x", "12:30:45"),
        ("title: ~\nslug: null", None, None),
        ("priority: high", None, None),
    ],
)
def test_title_and_slug_are_text_or_absent(head: str, title: str | None, slug: str | None) -> None:
    ticket, faults = parse_item(item(f"{head}\nstate: done"), None)
    assert (ticket, serious(faults)) == (Ticket(title, slug, State.DONE), [])


@pytest.mark.parametrize("key", ["title", "slug"])
def test_title_or_slug_that_is_not_text_is_reported_and_the_state_used(key: str) -> None:
    ticket, faults = parse_item(item(f"state: done\n{key}: [a]"), None)
    (fault,) = serious(faults)
    assert ticket == Ticket(None, None, State.DONE)
    # A row shows the title; nothing shows the slug.
    assert fault.effect is (Effect.TICKET if key == "title" else Effect.NONE)
    assert fault.line == 3


def test_other_keys_are_ignored() -> None:
    head = "state: done\nlabels: [a, b]\nassignee: {name: x}\nid: 5\ncreated: 2026-06-01"
    assert parse_item(item(f"title: a\n{head}"), None) == (Ticket("a", None, State.DONE), [])


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"---", 1),
        (b"---\nstate: done\n", 1),
        (b"# A title\n\nstate: done\n", 1),
        (b"---\ntitle: Docs: x\nstate: done\n---\n", 2),
        (b"---\ntitle: caf\xe9\nstate: done\n---\n", 2),
        (b"---\nstate: done\ntitle: \0\n---\n", 3),
        (b"---\nstate: done\nstate: ready\n---\n", 3),
        (b"---\ntitle: a\n<<<<<<< HEAD\nstate: done\n=======\n---\n", 3),
    ],
)
@pytest.mark.parametrize("bucket", [None, "closed"])
def test_unusable_item_has_no_fields(data: bytes, line: int, bucket: str | None) -> None:
    ticket, (fault,) = parse_item(data, bucket)
    assert ticket == UNKNOWN
    assert (fault.effect, fault.line) == (Effect.TICKET, line)


@pytest.mark.parametrize(
    ("word", "key", "suggested"),
    [
        *(("Done", "state", "done"), ("in-progress", "state", "inprogress")),
        *(("in_progress", "status", "inprogress"), ("wip", "workflow_state", "inprogress")),
        *(("todo", "status", "planning or ready"), ("open", "state", "planning")),
        *(("Open", "status", "open"), ("done\u200b", "state", "done"), ("parked", "state", None)),
    ],
)
def test_unknown_state_lists_what_is_accepted_there_and_suggests_the_nearest(
    word: str, key: str, suggested: str | None
) -> None:
    _, (fault,) = parse_item(item(f"title: a\n{key}: {word}"), "open")
    known = [*State, "intake", *(("open", "pending") if key == "status" else ())]
    more = f"; did you mean {suggested}?" if suggested else ""
    assert fault.message.endswith(f"; known: {', '.join(known)}{more}")
    assert "\u200b" not in fault.message


@pytest.mark.parametrize(
    "key",
    [
        *("State", "STATUS", "Workflow_State", "workflow-state", "workflow state", "workflowState"),
        *("state\u200b", "\u2060status", "\uff53tate", "'state '", "sta\u00adtus", "sta\ufefftus"),
    ],
)
@pytest.mark.parametrize("bucket", [None, "open", "closed"])
@pytest.mark.parametrize("head", ["title: a\n{}: done", "slug: a\n{}: x\ntitle: a"])
def test_misspelled_state_key_makes_the_state_unknown(
    key: str, bucket: str | None, head: str
) -> None:
    ticket, (fault,) = parse_item(item(head.format(key)), bucket)
    assert (ticket.title, ticket.state) == ("a", None)
    assert (fault.effect, fault.line) == (Effect.TICKET, 3)
    assert fault.message.isascii() or "\uff53" in key


@pytest.mark.parametrize("key", ["STATUS", "statement", "estate", "state_of_play"])
def test_deciding_key_is_not_affected_by_another(key: str) -> None:
    assert parse_item(item(f"title: a\n{key}: x\nstatus: done"), "open") == (
        Ticket("a", None, State.DONE),
        [],
    )


@pytest.mark.parametrize(
    "title", ["", "title:\n", "title: ''\n", "title: ' '\n", "title: '\u2060'\n"]
)
def test_missing_or_empty_title_is_only_advice(title: str) -> None:
    ticket, (fault,) = parse_item(item(f"{title}state: done"), None)
    assert (ticket.state, fault.effect, fault.code) == (State.DONE, Effect.ADVICE, None)


@pytest.mark.parametrize(
    ("written", "title", "dropped"),
    [
        ("Fix #12 in parser", "Fix", "#12 in parser"),
        ("日本語 🦀 #12", "日本語 🦀", "#12"),
        ("#12 is broken", None, "#12 is broken"),
        ("#12 is\n  broken", "broken", "#12 is"),
        ("Fix\n  the #12", "Fix the", "#12"),
        ("&x marks the spot", "marks the spot", "&x"),
        ("!important fix", "fix", "!important"),
        ("! fix", "fix", "!"),
        ("!a &b fix # c", "fix", "!a &b # c"),
        ('&x "Fix"', "Fix", "&x"),
        ("&x", None, "&x"),
    ],
)
@pytest.mark.parametrize("loader", ["CBaseLoader", "BaseLoader"])
def test_text_that_yaml_drops_from_a_title_is_named(
    written: str, title: str | None, dropped: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_full, "_Loader", getattr(yaml, loader, yaml.BaseLoader))
    ticket, faults = parse_item(item(f"state: done\ntitle: {written}\nslug: b"), None)
    assert (ticket.title, ticket.slug, ticket.state) == (title, "b", State.DONE)
    (fault,) = [one for one in faults if one.code is FaultCode.DROPPED_TEXT]
    assert fault.message.endswith(f'"{dropped}"')
    assert serious(faults) == []


@pytest.mark.parametrize(
    "written",
    [
        *("C#", "a#b", "'Fix #12'", '"Fix #12"', "'Fix' # why", "a & b", "wow!", "!!str 12"),
        *("'&x'", "|\n  a #b", ">-\n  &x", "x\n# a comment", "'!a'"),
    ],
)
def test_text_that_is_read_completely_is_not_a_finding(written: str) -> None:
    ticket, faults = parse_item(item(f"title: {written}\nstate: done # since monday"), None)
    assert (ticket.state, faults) == (State.DONE, [])
