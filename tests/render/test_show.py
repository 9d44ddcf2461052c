"""What `show` selects and prints: a ticket's relations, a record's, by author and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from workspace_builder import A, B, C, D, Ran, Workspace, ulid

from yoi_relations.files.times import parse_instant

LONG = "十" * 1000


@pytest.fixture
def recorded(workspace: Workspace) -> Workspace:
    """One edge with three records in three formats, one of them retired; and others."""
    workspace.pair(states=("queued", "inprogress"))
    workspace.ticket(C, "done")
    workspace.record(A, "blocked_by", B, LONG)
    workspace.plan_lines(B, {"kind": "blocks", "related_ticket": A, "note": "line"})
    workspace.relations_json(A, {"kind": "depends_on", "target": B, "note": "entry"})
    workspace.record(A, "after", C, "is over")
    workspace.record(A, "waiting", None, "w" * 281)
    workspace.run("retire", ulid(1), "--reason", "why not", "--author", "other")
    return workspace


def records_of(workspace: Workspace) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every record, with its relation."""
    shown = workspace.show("--all", "--limit", "0")["relations"]
    return [(record, one) for one in shown for record in one["records"]]


def test_record_shows_its_whole_relation(recorded: Workspace) -> None:
    seen = records_of(recorded)
    assert len(seen) == 5
    for record, one in seen:
        place = record["path"] + (f":{record['line']}" if record["line"] else "")
        part = record["id"].removeprefix("x-")[-9:]
        for name in (record["id"], part, part.lower(), place, str(recorded.root / place)):
            if name == str(recorded.root / record["path"]) and "artifacts/relations/" not in name:
                continue
            answer = recorded.show(name)
            (found,) = answer["relations"]
            assert (answer["count"], answer["truncated"]) == (1, False)
            assert found["end"] is None
            assert not found["note_truncated"]
            assert found["inactive_reason"] == one["inactive_reason"]
            assert [each["id"] for each in found["records"]] == [
                each["id"] for each in one["records"]
            ]
    texts = {each["note"] for each in recorded.show(ulid(1))["relations"][0]["records"]}
    assert LONG in texts


def test_unknown_name_is_not_found(recorded: Workspace) -> None:
    for name in ("01ZZZZZZZZ", "x-0000000000000000", f".yoi/tickets/{A}/item.txt", f"{A}:7", "x-"):
        ran = recorded.run("show", name, "--json")
        assert (ran.code, ran.out, ran.errors[-1]["error"]["code"]) == (3, "", "not_found")
    ran = recorded.run("show", "01KT0000000", "--json")
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (3, "ambiguous")


def test_ticket_name_wins_over_record_id(recorded: Workspace) -> None:
    recorded.ticket(D, slug=ulid(1))
    assert recorded.show(ulid(1))["count"] == 0


def test_problem_counts_if_the_relation_could_have_another_record(
    recorded: Workspace,
) -> None:
    recorded.ticket(D)
    recorded.record_file(D, f"{ulid(77)}.md", "---\nkind: blocks\n---\n")
    assert recorded.run("show", ulid(1)).code == 0
    recorded.record_file(B, f"{ulid(78)}.md", "---\nkind: blocks\n---\n")
    assert recorded.run("show", ulid(1)).code == 4


def test_lists_cut_texts_at_280_characters(recorded: Workspace) -> None:
    shown = {one["kind"]: one for one in recorded.show("--all")["relations"]}
    cut = {each["note"] for each in shown["blocked_by"]["records"]}
    assert LONG[:280] in cut
    assert shown["blocked_by"]["note_truncated"]
    assert (shown["waiting"]["note"], shown["waiting"]["note_truncated"]) == ("w" * 280, True)
    assert not shown["after"]["note_truncated"]
    assert not any(one["note_truncated"] for one in recorded.show(A, "--all")["relations"])


def plain(ran: Ran) -> list[list[str]]:
    assert ran.code == 0
    return [line.split("\t") for line in ran.out.splitlines()]


def test_plain_lines_end_with_author_records_and_reason(recorded: Workspace) -> None:
    rows = plain(recorded.run("show", "--all", "--plain"))
    shown = recorded.show("--all")["relations"]
    assert [row[8:] for row in rows] == [
        [
            one["author"],
            ",".join(each["id"] for each in one["records"]),
            one["inactive_reason"] or "",
        ]
        for one in shown
    ]
    assert [len(row[7]) for row in rows if row[1] == "waiting"] == [281]
    assert [bool(row[10]) for row in plain(recorded.run("show"))] == [False, False]
    (row,) = plain(recorded.run("show", ulid(3)))
    assert row[7] == "w" * 281


def test_pipe_gets_50_relations_by_default(workspace: Workspace) -> None:
    workspace.ticket(A)
    for number in range(51):
        workspace.record(A, "waiting", note=f"for {number}")
    ran = workspace.run("show", "--all")
    assert (ran.out.count("\n"), workspace.show("--all")["returned"]) == (50, 50)
    assert [part for part in ("50 of 51", "--limit 0") if part not in ran.err] == []
    assert workspace.run("show", "--all", "--limit", "51").out.count("\n") == 51


def ids(workspace: Workspace, *arguments: str) -> set[str]:
    return {
        record["id"] for one in workspace.show(*arguments)["relations"] for record in one["records"]
    }


@pytest.fixture
def dated(workspace: Workspace) -> Workspace:
    for id_ in (A, B, C):
        workspace.ticket(id_)
    workspace.record(A, "blocked_by", B, at="2026-03-01T10:00:00Z", author="ann")
    workspace.record(B, "blocks", A, at="2026-05-01T10:00:00+02:00", author="bob")
    workspace.record(A, "after", C, at="2026-04-01T23:59:59.5Z", author="ann")
    workspace.record(
        A,
        "related",
        C,
        at="2026-01-01T00:00:00Z",
        author="bob",
        retired_at="2026-06-01T00:00:00Z",
        retired_by="ann",
        retired_reason="over",
    )
    return workspace


ONE, TWO, THREE, FOUR = map(ulid, range(1, 5))


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), {ONE, TWO, THREE}),
        (("--since", "2026-05-01"), {ONE, TWO}),
        (("--since", "2026-05-01T08:00:00Z"), {ONE, TWO}),
        (("--since", "2026-05-01T10:00:00+02:00"), {ONE, TWO}),
        (("--since", "2026-05-01 08:00:00.000000001Z"), set()),
        (("--since", "2026-04-01T23:59:59.5Z"), {ONE, TWO, THREE}),
        (("--since", "2026-04-01T23:59:59.50001Z"), {ONE, TWO}),
        (("--since", "2026-04-02"), {ONE, TWO}),
        (("--since", "2026-06-01", "--all"), {FOUR}),
        (("--since", "2026-06-01T00:00:00.1Z", "--all"), set()),
        (("--author", "ann"), {ONE, TWO, THREE}),
        (("--author", "bob"), {ONE, TWO}),
        (("--author", "bob", "--all"), {ONE, TWO, FOUR}),
        (("--author", "Ann"), set()),
        (("--author", "ann", "--since", "2026-04-01"), {THREE}),  # of one record, not of two
        (("--author", "bob", "--since", "2026-05-15", "--all"), {FOUR}),
        ((B, "--author", "ann"), {ONE, TWO}),
        ((C, "--author", "ann", "--since", "2026-04-01"), {THREE}),
        (("--author", "ann", "--kind", "order"), {THREE}),
        (("--author", "ann", "--limit", "1"), {ONE, TWO}),
        ((ONE, "--author", "nobody"), set()),
    ],
)
def test_since_and_author_are_met_by_one_record(
    dated: Workspace, arguments: tuple[str, ...], found: set[str]
) -> None:
    assert ids(dated, *arguments) == found


def test_omitted_relations_are_counted(dated: Workspace) -> None:
    ran = dated.run("show", "--author", "bob", "--limit", "0")
    assert ran.out.count("\n") == 1
    assert dated.show("--author", "ann", "--limit", "1")["count"] == 2


@pytest.mark.parametrize(
    ("age", "back"),
    [
        ("90m", timedelta(minutes=90)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_age_counts_back_from_now(workspace: Workspace, age: str, back: timedelta) -> None:
    start = datetime.now(UTC) - back
    workspace.ticket(A)
    workspace.record(A, "waiting", note="new", at=(start + timedelta(seconds=50)).isoformat())
    workspace.record(A, "accepted_plan", note="old", at=(start - timedelta(seconds=50)).isoformat())
    assert ids(workspace, "--since", age, "--all") == {ulid(1)}
    assert ids(workspace, "--since", "99999999w", "--all") == {ulid(1), ulid(2)}


@pytest.mark.parametrize(
    "when",
    [
        *("", "yesterday", "7", "7 d", "-7d", "7D", "1.5h", "7y", "٣d", "9" * 5000 + "d"),
        *("2026-6-1", "2026-02-30", "10:00", "2026-06-01T10:00", "2026-06-01T10:00:00"),
    ],
)
def test_invalid_time_is_refused(dated: Workspace, when: str) -> None:
    ran = dated.run("show", f"--since={when}", "--json")
    assert (ran.code, ran.out, ran.errors[-1]["error"]["code"]) == (2, "", "usage")


_AT = some.integers(0, 3 * 86400).map(
    lambda seconds: (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).isoformat()
)
_BY = some.sampled_from(["ann", "bob"])


@given(
    some.lists(some.tuples(_AT, _BY, some.none() | _AT), max_size=5),
    some.none() | _AT,
    some.none() | _BY,
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_since_and_author_select_what_a_simple_filter_selects(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[tuple[str, str, str | None]],
    since: str | None,
    author: str | None,
) -> None:
    folder: Path = tmp_path_factory.mktemp("since")
    workspace = Workspace(folder / "work")
    targets = (B, C)
    for id_ in (A, *targets):
        workspace.ticket(id_)
    for number, (at, by, retired) in enumerate(records):
        over = {"retired_at": retired, "retired_by": "x", "retired_reason": "y"} if retired else {}
        workspace.record(A, "related", targets[number % 2], at=at, author=by, **over)

    def key(at: str) -> str:
        return parse_instant(at)[1]

    wanted = {
        targets[number % 2]
        for number, (at, by, retired) in enumerate(records)
        if author in (None, by)
        and (since is None or key(at) >= key(since) or (retired and key(retired) >= key(since)))
    }
    asked = [*(["--since", since] if since else []), *(["--author", author] if author else [])]
    assert {one["target"] for one in workspace.show("--all", *asked)["relations"]} == wanted
