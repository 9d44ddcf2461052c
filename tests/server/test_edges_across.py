"""Tickets of several workspaces get the answers that they would get in a single workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from publishing import publish
from queries.sample_ids import IDS, JSON_KINDS, PLAN_KINDS
from workspace_builder import Workspace

from yoi_relations.kinds import KINDS, Direction
from yoi_relations.states import State

NAMES = ("acme/loan", "acme/loans")
"""One is the beginning of the other."""
ALIASES = {"acme/loan": "z/lending", "acme/loans": "loans"}
"""By name, an alias; sorted by these, the workspaces are in the other order."""
SINGLE = {
    f"{name}:{id_}": f"00001KT000{n}{id_[-2:]}" for n, name in enumerate(NAMES) for id_ in IDS
}
"""By whole name, the id of a ticket in the single workspace; the order is the same."""
EDGES = sorted({*JSON_KINDS, *PLAN_KINDS} - {"waiting_capacity_note", "accepted_plan"})
TICKETS = st.sampled_from(list(SINGLE))
RECORDS = st.lists(
    st.tuples(TICKETS, st.sampled_from(EDGES), TICKETS, st.booleans(), st.booleans()).filter(
        lambda record: record[0] != record[2]
    ),
    max_size=14,
)
STATES = st.fixed_dictionaries(dict.fromkeys(SINGLE, st.sampled_from(list(State))))


def by_alias(ticket: str) -> str:
    """The whole name of a ticket with the alias of its workspace."""
    name, _, id_ = ticket.partition(":")
    return f"{ALIASES[name]}:{id_}"


def build(root: Path, states: dict[str, State], records: list[Any]) -> dict[str, Workspace]:
    """By name, the workspaces; the single one has an empty name."""
    made = {name: Workspace(root / str(n)) for n, name in enumerate(("", *NAMES))}
    for name, alias in ALIASES.items():
        config = f'name = "{name}"\naliases = ["{alias}"]\n'
        (made[name].root / ".yoi" / "workspace.toml").write_text(config)
    for ticket, state in states.items():
        name, _, id_ = ticket.partition(":")
        made[name].ticket(id_, state, title="One")
        made[""].ticket(SINGLE[ticket], state, title="One")
    retired = {"retired_at": "2026-06-02T10:00:00Z", "retired_by": "t", "retired_reason": "over"}
    for holder, kind, target, is_retired, has_alias in records:
        name, _, id_ = holder.partition(":")
        fields = retired if is_retired else {}
        named = by_alias(target) if has_alias else target.removeprefix(f"{name}:")
        made[name].record(id_, kind, named, **fields)
        made[""].record(SINGLE[holder], kind, SINGLE[target], **fields)
    return made


def relation(shown: Any) -> Any:
    """What a relation says, whichever end of a symmetric one comes first."""
    ends = [SINGLE.get(id_, id_) for id_ in (shown["ticket"], shown["target"])]
    if KINDS[shown["kind"]].direction is Direction.SYMMETRIC:
        ends.sort()
    return shown["kind"], ends, shown["active"], len(shown["records"])


def check(shown: Any) -> Any:
    """What a check says, by ids of the single workspace."""
    reasons = [(r["code"], SINGLE.get(r["ticket"], r["ticket"])) for r in shown["reasons"]]
    holds = [(SINGLE.get(h["ticket"], h["ticket"]), h["frees"]) for h in shown["holds"]]
    ticket = SINGLE.get(shown["ticket"], shown["ticket"])
    return ticket, shown["verdict"], sorted(reasons, key=repr), holds


def test_the_database_answers_as_a_single_workspace(tmp_path: Path, database: str) -> None:
    count = 0

    @settings(
        max_examples=10,
        deadline=None,
        # An example takes a second.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(STATES, RECORDS)
    def compare(states: dict[str, State], records: list[Any]) -> None:
        nonlocal count
        count += 1
        made = build(tmp_path / str(count), states, records)
        for name in NAMES:
            assert publish(made[name], database, "--force", name=None).code == 0
        single = made[""]
        for question in (("show",), ("show", "--all", "--kind", "reference")):
            here = single.run(*question, "--json").json["relations"]
            there = single.run(*question, "--json", "--from", database).json["relations"]
            assert sorted(map(relation, there)) == sorted(map(relation, here)), question
        here = single.run("check", "--json", *SINGLE.values()).json["checks"]
        named = map(by_alias, SINGLE)
        there = single.run("check", "--json", "--from", database, *named).json["checks"]
        assert list(map(check, there)) == list(map(check, here))

    compare()
