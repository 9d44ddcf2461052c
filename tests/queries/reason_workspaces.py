"""For each code of a reason, a strategy of random workspaces in which it is likely."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st
from workspace_builder import ulid

from queries.bad_sources import BAD, BAD_RECORDS
from queries.misspellings import NEARLY
from queries.random_workspaces import WORKSPACES, Row
from queries.sample_ids import ELSEWHERE, IDS, MISSING, TIMES

A, B, C, D = IDS[:4]
LATER = "2090-06-05T00:00:00Z"
"""After every time in random workspaces."""
OPEN = ("planning", "ready", "queued", "inprogress")
PLACES = st.sampled_from(["flat", "flat", "open"])
DEPENDENCY = (
    *((A, "blocked_by", B, form) for form in ("md", "jsonl")),
    *((A, "depends_on", B, form) for form in ("md", "json")),
    *((B, "blocks", A, form) for form in ("md", "json", "jsonl")),
)
ORDERING = (
    *((A, "after", B, form) for form in ("md", "jsonl")),
    *((B, "before", A, form) for form in ("md", "jsonl")),
)
CONFLICT = tuple(
    (here, kind, there, form)
    for here, there in ((A, B), (B, A))
    for kind in ("conflicts_with", "do_not_parallelize")
    for form in ("md", "jsonl")
)
SUPERSEDES = ((B, "supersedes", A, "md"), (B, "supersedes", A, "json"))
EDGE = tuple[str, str, str, str]
SPOIL = tuple[str, tuple[str, str]]
NO_SPOILS: st.SearchStrategy[list[SPOIL]] = st.just([])


def record_of(edge: EDGE) -> Row:
    holder, kind, other, form = edge
    common = {"note": "likely", "at": LATER, "retired": None, "aimed": False, "spelled": "exact"}
    return {"holder": holder, "kind": kind, "other": other, "form": form, **common}


def in_states(mine: tuple[str, ...], other: tuple[str, ...] = OPEN) -> st.SearchStrategy[Row]:
    """States of A and B."""
    return states_of({A: mine, B: other})


def states_of(states: dict[str, tuple[str, ...]]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {id_: st.tuples(st.sampled_from(words), PLACES) for id_, words in states.items()}
    )


def likely(
    records: st.SearchStrategy[list[Row]],
    tickets: st.SearchStrategy[Row],
    spoils: st.SearchStrategy[list[SPOIL]] = NO_SPOILS,
    retirements: tuple[tuple[str, str], ...] = (),
) -> st.SearchStrategy[Row]:
    """Random workspaces with these records, states, bad sources and retirements added."""

    def extended(made: Row, records: list[Row], tickets: Row, more: list[SPOIL]) -> Row:
        kept = [one for one in made["spoils"] if one[1][0] != "json"]  # which would hide an edge
        return made | {
            "tickets": made["tickets"] | tickets,
            "records": [*made["records"], *records],
            "retirements": list(retirements),
            "spoils": [*kept, *more],
        }

    return st.builds(extended, WORKSPACES, records, tickets, spoils)


def edges(steps: tuple[EDGE, ...]) -> st.SearchStrategy[list[Row]]:
    """The records of one or two of `steps`."""
    drawn = st.lists(st.sampled_from(steps), min_size=1, max_size=2)
    return drawn.map(lambda some: [record_of(edge) for edge in some])


def ring(kinds: tuple[str, ...], at_least: tuple[str, ...]) -> st.SearchStrategy[list[Row]]:
    """A cycle through A, of any length; its last edges are of the kinds `at_least`."""

    def records(others: list[str], drawn: list[str]) -> list[Row]:
        steps = list(pairwise([A, *others, A]))
        taken = [*drawn, *at_least][-len(steps) :]
        return [
            record_of((here, kind, there, "md"))
            for (here, there), kind in zip(steps, taken, strict=True)
        ]

    others = st.lists(st.sampled_from(IDS[1:]), min_size=1, max_size=5, unique=True)
    return st.builds(records, others, st.lists(st.sampled_from(kinds), min_size=6, max_size=6))


def misspelled() -> st.SearchStrategy[list[Row]]:
    """An edge against A that B holds, and that misspells the id of A."""
    against_a = [edge for edge in (*DEPENDENCY, *ORDERING, *CONFLICT, *SUPERSEDES) if edge[0] == B]
    return st.builds(
        lambda edge, spelled: [record_of(edge) | {"spelled": spelled}],
        st.sampled_from(against_a),
        st.sampled_from(sorted(NEARLY)),
    )


def replaced() -> st.SearchStrategy[list[Row]]:
    """A waits for B; B was replaced by D, at once or by way of C, whichever of them says so."""

    def records(
        blocked: EDGE, way: list[str], backward: list[bool], spelled: list[str]
    ) -> list[Row]:
        steps = [
            (old, "duplicate_of", new, "md") if turned else (new, "supersedes", old, "json")
            for (old, new), turned in zip(pairwise([B, *way, D]), backward, strict=False)
        ]
        links = [
            record_of(step) | {"spelled": spelling}
            for step, spelling in zip(steps, spelled, strict=False)
        ]
        return [record_of(blocked), *links]

    return st.builds(
        records,
        st.sampled_from(DEPENDENCY),
        st.sampled_from([[], [C]]),
        st.lists(st.booleans(), min_size=2, max_size=2),
        st.lists(st.sampled_from(["exact", "exact", "lower case"]), min_size=2, max_size=2),
    )


ALL_OPEN = states_of(dict.fromkeys(IDS, OPEN))
NOTHING: st.SearchStrategy[list[Row]] = st.just([])
NAMELESS = st.one_of(
    st.tuples(st.sampled_from(["unheard-of", None]), st.just("flat")),
    st.tuples(st.sampled_from(OPEN), st.sampled_from(["twice", "split", "garbage", "bare"])),
)
UNKNOWN_A, UNKNOWN_B = (st.fixed_dictionaries({id_: NAMELESS}) for id_ in (A, B))
OPEN_A = states_of({A: OPEN})
LOST = (A, ulid(700))
WAITING = ((A, "waiting", B, "md"), (A, "waiting_capacity_note", B, "jsonl"))
WORKSPACES_BY_CODE: dict[str, st.SearchStrategy[Row]] = {
    "blocked": likely(edges(DEPENDENCY), in_states(OPEN)),
    "conflict_inprogress": likely(edges(CONFLICT), in_states(OPEN, ("inprogress",))),
    "dependency_cycle": likely(ring(("blocked_by", "depends_on"), ()), ALL_OPEN),
    "ordered_after": likely(edges(ORDERING), in_states(OPEN)),
    "waiting": likely(edges(WAITING), in_states(OPEN[:3])),
    "conflict_waiting": likely(edges(CONFLICT), in_states(OPEN, ("queued", "ready"))),
    "superseded": likely(edges(SUPERSEDES), in_states(OPEN, (*OPEN, "done", "closed"))),
    "duplicate": likely(
        edges(((A, "duplicate_of", B, "md"), (A, "duplicate_of", B, "json"))),
        in_states(OPEN, (*OPEN, "done", "closed")),
    ),
    "mixed_cycle": likely(ring(("after", "blocked_by"), ("after",)), ALL_OPEN),
    "state": likely(NOTHING, in_states(("planning", "inprogress", "done", "closed"))),
    "conflict_planning": likely(edges(CONFLICT), in_states(OPEN, ("planning",))),
    "plan": likely(
        edges(((A, "accepted_plan", B, "md"), (A, "accepted_plan", B, "jsonl"))), in_states(OPEN)
    ),
    "state_unknown": likely(edges(((A, "related", B, "md"),)), UNKNOWN_A),
    "other_unknown": likely(
        edges(
            tuple(
                (A, kind, MISSING, "md")
                for kind in ("blocked_by", "after", "conflicts_with", "do_not_parallelize")
            )
        ),
        OPEN_A,
    )
    | likely(
        # Split from its item.md, B needs a record to have a second folder.
        edges((*DEPENDENCY, *ORDERING, *CONFLICT)).map(
            lambda it: [*it, record_of((B, "related", A, "md"))]
        ),
        st.builds(dict.__or__, OPEN_A, UNKNOWN_B),
    ),
    "elsewhere": likely(
        edges(
            tuple(
                (A, kind, target, form)
                for target in ELSEWHERE
                for kind in ("blocked_by", "after", "conflicts_with", "do_not_parallelize")
                for form in ("md", "jsonl")
            )
        ),
        OPEN_A,
    ),
    "unusable_source": likely(
        NOTHING,
        in_states(OPEN),
        st.lists(st.tuples(st.sampled_from([A, B]), BAD), min_size=1, max_size=8),
    ),
    "misspelled_target": likely(misspelled(), in_states(OPEN, ("ready", "inprogress"))),
    "blocker_replaced": likely(
        replaced(), states_of({A: OPEN, B: ("closed",), C: ("closed",), D: OPEN})
    ),
    "possibly_superseded": likely(
        NOTHING,
        in_states(OPEN, ("done", "closed")),
        # Of those with a target that can be read, some name another ticket.
        st.tuples(st.just(B), BAD_RECORDS).map(
            lambda bad: [bad, (B, ("stray", "a folder"))],
        ),
    ),
    "lost_retirement": likely(
        edges(WAITING).map(
            lambda it: [
                *(one | {"at": TIMES[0]} for one in it),
                record_of((A, "accepted_plan", B, "md")),
            ]
        ),
        in_states(OPEN[:3]),
        retirements=(LOST,),
    ),
}
