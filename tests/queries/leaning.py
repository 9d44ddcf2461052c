"""For each code of a reason, workspaces that lean to it: made up, but for what it takes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from queries.making import IDS, MISSING, SPOILS, WORKSPACES, Row

A, B = IDS[:2]
LATER = "2026-06-05T00:00:00Z"
"""After every time that is made up."""
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
EDGE = tuple[str, str, str, str]
SPOIL = tuple[str, tuple[str, str]]
NO_SPOILS: st.SearchStrategy[list[SPOIL]] = st.just([])


def said(edge: EDGE) -> Row:
    holder, kind, other, form = edge
    common = {"note": "leaning", "at": LATER, "retired": False, "aimed": False}
    return {"holder": holder, "kind": kind, "other": other, "form": form, **common}


def in_states(mine: tuple[str, ...], other: tuple[str, ...] = OPEN) -> st.SearchStrategy[Row]:
    """States of A and B."""
    states = {A: st.sampled_from(mine), B: st.sampled_from(other)}
    return st.fixed_dictionaries({id_: st.tuples(one, PLACES) for id_, one in states.items()})


def leaning(
    edges: st.SearchStrategy[list[EDGE]],
    tickets: st.SearchStrategy[Row],
    spoils: st.SearchStrategy[list[SPOIL]] = NO_SPOILS,
) -> st.SearchStrategy[Row]:
    """Made-up workspaces into which `edges` of A are put, with these states and spoils."""

    def lean(made: Row, edges: list[EDGE], tickets: Row, more: list[SPOIL]) -> Row:
        kept = [one for one in made["spoils"] if one[1][0] != "json"]  # which would hide an edge
        return made | {
            "tickets": made["tickets"] | tickets,
            "records": [*made["records"], *map(said, edges)],
            "spoils": [*kept, *more],
        }

    return st.builds(lean, WORKSPACES, edges, tickets, spoils)


def one_of(edges: tuple[EDGE, ...]) -> st.SearchStrategy[list[EDGE]]:
    return st.lists(st.sampled_from(edges), min_size=1, max_size=2)


def ring(kinds: tuple[str, ...], at_least: tuple[str, ...]) -> st.SearchStrategy[list[EDGE]]:
    """A way round from A, of any length; its last steps are of the kinds `at_least`."""

    def edges(others: list[str], drawn: list[str]) -> list[EDGE]:
        steps = list(pairwise([A, *others, A]))
        taken = [*drawn, *at_least][-len(steps) :]
        return [(here, kind, there, "md") for (here, there), kind in zip(steps, taken, strict=True)]

    others = st.lists(st.sampled_from(IDS[1:]), min_size=1, max_size=5, unique=True)
    return st.builds(edges, others, st.lists(st.sampled_from(kinds), min_size=6, max_size=6))


EVERYBODY_OPEN = st.fixed_dictionaries(
    {id_: st.tuples(st.sampled_from(OPEN), PLACES) for id_ in IDS}
)
NOTHING: st.SearchStrategy[list[EDGE]] = st.just([])
NAMELESS = st.one_of(
    st.tuples(st.sampled_from(["unheard-of", None]), st.just("flat")),
    st.tuples(st.sampled_from(OPEN), st.sampled_from(["twice", "split", "garbage", "bare"])),
)
UNKNOWN_A, UNKNOWN_B = (st.fixed_dictionaries({id_: NAMELESS}) for id_ in (A, B))
OPEN_A = st.fixed_dictionaries({A: st.tuples(st.sampled_from(OPEN), PLACES)})
LEANINGS: dict[str, st.SearchStrategy[Row]] = {
    "blocked": leaning(one_of(DEPENDENCY), in_states(OPEN)),
    "conflict_inprogress": leaning(one_of(CONFLICT), in_states(OPEN, ("inprogress",))),
    "dependency_cycle": leaning(ring(("blocked_by", "depends_on"), ()), EVERYBODY_OPEN),
    "ordered_after": leaning(one_of(ORDERING), in_states(OPEN)),
    "waiting": leaning(
        one_of(((A, "waiting", B, "md"), (A, "waiting_capacity_note", B, "jsonl"))),
        in_states(OPEN[:3]),
    ),
    "conflict_waiting": leaning(one_of(CONFLICT), in_states(OPEN, ("queued", "ready"))),
    "superseded": leaning(
        one_of(((B, "supersedes", A, "md"), (B, "supersedes", A, "json"))),
        in_states(OPEN, (*OPEN, "done", "closed")),
    ),
    "duplicate": leaning(
        one_of(((A, "duplicate_of", B, "md"), (A, "duplicate_of", B, "json"))),
        in_states(OPEN, (*OPEN, "done", "closed")),
    ),
    "mixed_cycle": leaning(ring(("after", "blocked_by"), ("after",)), EVERYBODY_OPEN),
    "state": leaning(NOTHING, in_states(("planning", "inprogress", "done", "closed"))),
    "conflict_planning": leaning(one_of(CONFLICT), in_states(OPEN, ("planning",))),
    "plan": leaning(
        one_of(((A, "accepted_plan", B, "md"), (A, "accepted_plan", B, "jsonl"))), in_states(OPEN)
    ),
    "state_unknown": leaning(one_of(((A, "related", B, "md"),)), UNKNOWN_A),
    "other_unknown": leaning(
        one_of(
            tuple(
                (A, kind, MISSING, "md")
                for kind in ("blocked_by", "after", "conflicts_with", "do_not_parallelize")
            )
        ),
        OPEN_A,
    )
    | leaning(
        # Split from its item.md, B needs a record to have a second folder.
        one_of((*DEPENDENCY, *ORDERING, *CONFLICT)).map(lambda it: [*it, (B, "related", A, "md")]),
        st.builds(dict.__or__, OPEN_A, UNKNOWN_B),
    ),
    "unusable_source": leaning(
        NOTHING,
        in_states(OPEN),
        st.lists(
            st.tuples(st.sampled_from([A, B]), SPOILS.map(lambda spoil: spoil[1])).filter(
                lambda spoil: spoil[1][0] != "used"
            ),
            min_size=1,
            max_size=8,
        ),
    ),
}
