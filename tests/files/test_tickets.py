from __future__ import annotations

import pytest

from yoi_relations.files.faults import Effect
from yoi_relations.files.tickets import Ticket, parse_item
from yoi_relations.states import RESOLVED, State

UNKNOWN = Ticket(None, None, None)


def item(head: str) -> bytes:
    return f"---\n{head}\n---\n\nWhat it is about.\n".encode()


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
        ("state:\nworkflow_state: done", "open", State.DONE),
        ("state: null\nworkflow_state: ~\nstatus: closed", "open", State.CLOSED),
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
def test_the_first_of_state_workflow_state_status_bucket_decides(
    head: str, bucket: str | None, state: State
) -> None:
    ticket, faults = parse_item(item(head), bucket)
    assert (ticket.state, faults) == (state, [])


@pytest.mark.parametrize("word", ["no", "paused", "00001234", "open", "pending", "12:30:45", "''"])
@pytest.mark.parametrize("bucket", [None, "closed"])
def test_an_unknown_state_is_a_problem_with_its_line(word: str, bucket: str | None) -> None:
    ticket, (fault,) = parse_item(item(f"title: a\nstate: {word}\nstatus: closed"), bucket)
    assert (ticket.title, ticket.state) == ("a", None)
    assert (fault.effect, fault.line) == (Effect.TICKET, 3)
    assert word.strip("'") in fault.message


@pytest.mark.parametrize("key", ["state", "workflow_state", "status"])
@pytest.mark.parametrize("value", ["[done]", "{a: done}", "*t"])
def test_a_state_that_is_no_text_is_a_problem_with_its_line(key: str, value: str) -> None:
    ticket, (fault,) = parse_item(item(f"title: &t a\n{key}: {value}"), "closed")
    assert (ticket.title, ticket.state) == ("a", None)
    assert (fault.effect, fault.line) == (Effect.TICKET, 3)


@pytest.mark.parametrize("word", ["intake", "opened"])
def test_an_unknown_status_is_a_problem_and_the_bucket_no_way_out(word: str) -> None:
    ticket, faults = parse_item(item(f"status: {word}"), "closed")
    assert (ticket.state, len(faults)) == ((None, 1) if word == "opened" else (State.PLANNING, 0))


@pytest.mark.parametrize("head", ["title: a", "title: a\nstate:", "title: a\nstatus: ~"])
def test_a_missing_state_is_a_problem(head: str) -> None:
    ticket, (fault,) = parse_item(item(head), None)
    assert ticket == Ticket("a", None, None)
    assert (fault.effect, fault.line) == (Effect.TICKET, None)


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
    assert parse_item(item(f"{head}\nstate: done"), None) == (Ticket(title, slug, State.DONE), [])


@pytest.mark.parametrize("key", ["title", "slug"])
def test_a_title_or_slug_that_is_no_text_is_reported_and_the_state_used(key: str) -> None:
    ticket, (fault,) = parse_item(item(f"state: done\n{key}: [a]"), None)
    assert ticket == Ticket(None, None, State.DONE)
    # A row shows the title; nothing shows the slug.
    assert fault.effect is (Effect.TICKET if key == "title" else Effect.NONE)
    assert fault.line == 3


def test_other_keys_are_the_ticket_systems_own() -> None:
    head = "state: done\nlabels: [a, b]\nassignee: {name: x}\nid: 5\ncreated: 2026-06-01"
    assert parse_item(item(head), None) == (Ticket(None, None, State.DONE), [])


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
def test_of_an_unusable_item_nothing_is_known(data: bytes, line: int, bucket: str | None) -> None:
    ticket, (fault,) = parse_item(data, bucket)
    assert ticket == UNKNOWN
    assert (fault.effect, fault.line) == (Effect.TICKET, line)
