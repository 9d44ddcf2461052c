"""``diff --merge``: the plan after a merge, before it is made."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from at_checkout import workspace_of
from git_repository import Repository, files_in
from hypothesis import example, given, settings
from hypothesis import strategies as st
from index_comparison import tables
from workspace_builder import A, B, C, D, Ran, Workspace, ulid

from yoi_relations.errors import RelationsError
from yoi_relations.files import stat_stamp
from yoi_relations.index.compared import open_states
from yoi_relations.index.merge_preview import MergePreview, open_merge
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.merge_outcome import find_outcome, first_reason
from yoi_relations.queries.relation_changes import RelationChangeType, find_relation_changes
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.sides import Side

Edit = Callable[[Workspace], object]


class Branches:
    """A repository with two branches, ``main``, which is checked out, and ``side``."""

    def __init__(self, root: Path, base: Edit, ours: Edit, theirs: Edit) -> None:
        self.repository = Repository(root)
        self.workspace = Workspace(root)
        self.workspace.pair(states=("queued", "planning"))
        self.workspace.ticket(C, "ready")
        base(self.workspace)
        self.repository.commit("base")
        for branch, edit in (("side", theirs), ("main", ours)):
            self.repository.git("checkout", "-q", "-B", branch, "main")
            edit(self.workspace)
            self.repository.commit(branch)

    def diff(self, *options: str) -> Ran:
        return self.workspace.run("diff", "--merge", "side", "--json", *options)

    def merge(self) -> bool:
        """Really merge; False, and nothing is changed, if there are conflicts."""
        try:
            self.repository.git("merge", "-q", "--no-edit", "side")
        except AssertionError:
            self.repository.git("merge", "--abort")
            return False
        return True


@contextmanager
def preview(root: Path) -> Iterator[MergePreview]:
    with open_merge(str(root), "side", lambda _message: None) as opened:
        yield opened


def nothing(_workspace: Workspace) -> None:
    """Change nothing."""


@pytest.fixture
def branches(tmp_path: Path) -> Callable[..., Branches]:
    def make(ours: Edit = nothing, theirs: Edit = nothing, base: Edit = nothing) -> Branches:
        return Branches(tmp_path / "work", base, ours, theirs)

    return make


def record(holder: str, kind: str, target: str | None, number: int, **fields: str) -> Edit:
    """Write a record whose id has this number."""

    def write(workspace: Workspace) -> None:
        head = {"kind": kind, **({"target": target} if target else {})}
        head |= {"author": "t", "at": "2026-06-01T10:00:00Z", **fields}
        text = "".join(f"{key}: {value}\n" for key, value in head.items())
        workspace.record_file(holder, f"{ulid(number)}.md", f"---\n{text}---\nwhy\n")

    return write


def state(ticket: str, word: str) -> Edit:
    return lambda workspace: workspace.ticket(ticket, word)


def test_clean_merge_can_make_a_cycle(branches: Callable[..., Branches]) -> None:
    made = branches(record(A, "blocked_by", B, 1), record(B, "blocked_by", A, 2))

    ran = made.diff()

    assert ran.code == 5
    merge = ran.json["merge"]
    assert (merge["conflicts"], merge["other_conflicts"]) == ([], 0)
    assert [(clash["code"], clash["tickets"]) for clash in merge["clashes"]] == [
        ("dependency_cycle", [A, B])
    ]
    assert merge["holds"] == []  # each of the two is on hold on one side already
    assert [row["change"] for row in ran.json["relations"]] == ["added"]
    assert made.merge()
    assert made.workspace.run("doctor", "--json").code == 5


def test_clean_merge_can_make_a_hold(branches: Callable[..., Branches]) -> None:
    # A conflict counts once the other ticket is in progress.
    made = branches(state(B, "inprogress"), record(A, "conflicts_with", B, 1))

    ran = made.diff()

    assert ran.code == 5
    assert [check["ticket"] for check in ran.json["merge"]["holds"]] == [A]
    assert ran.json["merge"]["clashes"] == []


def test_what_is_unknown_hides_no_hold(branches: Callable[..., Branches]) -> None:
    made = branches(
        lambda w: (state(B, "inprogress")(w), w.relations_json(C, {"kind": "depends_on"})),
        record(A, "conflicts_with", B, 1),
    )

    ran = made.diff()

    assert ran.code == 5
    merge = ran.json["merge"]
    assert [(check["ticket"], check["verdict"]) for check in merge["holds"]] == [(A, "unknown")]
    assert merge["unknown"] == []  # as on our side


def test_merge_lists_what_becomes_unknown(branches: Callable[..., Branches]) -> None:
    made = branches(
        state(A, "done"),
        state(A, "inprogress"),
        base=lambda w: (record(B, "blocked_by", A, 1)(w), record(C, "related", A, 2)(w)),
    )

    ran = made.diff()

    assert (ran.code, ran.json["merge"]["unknown"]) == (0, [A, B])
    ran = made.workspace.run("diff", "--merge", "side", "--plain")
    rows = [line.split("\t")[:2] for line in ran.out.splitlines()]
    assert [row for row in rows if row[0] == "merge_unknown"] == [
        ["merge_unknown", A],
        ["merge_unknown", B],
    ]


def test_clean_merge_can_make_a_contradiction(branches: Callable[..., Branches]) -> None:
    plans = [record(id_, "accepted_plan", None, n, branch="b") for n, id_ in enumerate((A, B), 1)]
    made = branches(*plans)

    ran = made.diff()

    assert ran.code == 5
    assert [clash["code"] for clash in ran.json["merge"]["clashes"]] == ["shared_branch"]


def test_what_one_side_has_already_is_no_reason_for_status_5(
    branches: Callable[..., Branches],
) -> None:
    both = record(A, "blocked_by", B, 1), record(B, "blocked_by", A, 2)
    made = branches(lambda w: [write(w) for write in both], record(C, "related", A, 3))

    assert made.diff().code == 0
    assert made.diff("--exit-code").code == 5
    made.repository.git("checkout", "-q", "side")
    ran = made.workspace.run("diff", "--merge", "main", "--json")
    assert (ran.code, ran.json["merge"]["clashes"], len(ran.json["clashes"])) == (0, [], 1)
    assert [row["after"] for row in ran.json["verdicts"]] == ["hold", "hold"]


def test_merge_says_what_is_no_longer_in_the_way(branches: Callable[..., Branches]) -> None:
    made = branches(
        state(B, "done"), record(C, "blocked_by", B, 2), base=record(A, "blocked_by", B, 1)
    )

    ran = made.diff()

    assert ran.code == 0
    ended = {row["ticket"]: row["active_in"] for row in ran.json["merge"]["ended"]}
    assert ended == {A: ["theirs"], C: ["theirs"]}
    assert [row["change"] for row in ran.json["relations"]] == ["added"]


def move(workspace: Workspace, ticket: str, bucket: str) -> None:
    (workspace.tickets / bucket).mkdir()
    (workspace.tickets / ticket).rename(workspace.tickets / bucket / ticket)


def another_root(workspace: Workspace) -> None:
    workspace.tickets.rename(workspace.root / "items")
    config = workspace.root / ".yoi" / "workspace.toml"
    config.write_text('[ticket.backend]\nroot = "items"\n')


EDITS: dict[str, Edit] = {
    "state of A": state(A, "inprogress"),
    "state of B": state(B, "done"),
    "same state of C": state(C, "closed"),
    "new ticket": lambda w: w.ticket(D, "queued"),
    "edge": record(A, "blocked_by", B, 1),
    "opposite edge": record(B, "blocked_by", A, 2),
    "conflict": record(C, "conflicts_with", A, 3),
    "plan": record(A, "accepted_plan", None, 4, branch="b"),
    "other plan": record(C, "accepted_plan", None, 5, branch="b"),
    "entry": lambda w: w.relations_json(C, {"kind": "depends_on", "target": A}),
    "line": lambda w: w.plan_lines(B, {"kind": "after", "related_ticket": C}),
    "moved": lambda w: move(w, C, "open"),
    "moved elsewhere": lambda w: move(w, C, "closed"),
    "removed": lambda w: shutil.rmtree(w.tickets / B),
    "retired": lambda w: w.record_file(
        A,
        f"{ulid(9)}.md",
        f"---\nretires: {ulid(7)}\nauthor: t\nat: 2026-06-02T10:00:00Z\n---\nx\n",
    ),
    "broken": lambda w: w.artifact(C, "relations.json", "{"),
    "another root": another_root,
}


def apply(names: list[str]) -> Edit:
    order = list(EDITS)
    return lambda workspace: [EDITS[name](workspace) for name in sorted(names, key=order.index)]


SOME = st.lists(st.sampled_from(sorted(EDITS)), max_size=4, unique=True).filter(
    lambda names: len({"moved", "moved elsewhere", "another root"} & set(names)) < 2
)


@settings(deadline=None, max_examples=25)
@given(SOME, SOME)
def test_clean_merge_equals_the_one_that_is_made(ours: list[str], theirs: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = Branches(Path(folder), record(A, "related", C, 7), apply(ours), apply(theirs))
        with preview(made.workspace.root) as found:
            is_clean = not found.conflicts and not found.other_conflicts
            merged = tables(found.merged.connection)

        assert made.merge() == is_clean
        if is_clean:
            with open_states(folder, ["HEAD"], print)[0] as real:
                assert merged == tables(real.connection)


def with_reason(side: Side, verdict: Verdict) -> set[str]:
    """Ids of the tickets with a reason of this verdict."""
    found = side.checks.items()
    return {id_ for id_, check in found if first_reason(check, verdict) is not None}


def ended_in(old: Side, new: Side) -> list[Relation]:
    changes = find_relation_changes(old, new, (A, B, C, D))
    return [change.relation for change in changes if change.what is RelationChangeType.ENDED]


@settings(deadline=None, max_examples=25)
@given(SOME, SOME)
@example(["retired"], [])
@example(["state of B"], ["edge"])
def test_outcome_is_that_of_whole_sides(ours: list[str], theirs: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = Branches(Path(folder), record(A, "related", C, 7), apply(ours), apply(theirs))
        with preview(made.workspace.root) as found:
            here, there, merged = (
                Side.load(index.connection) for index in (found.ours, found.theirs, found.merged)
            )
            outcome = find_outcome(found, here)

            for verdict, checks in (
                (Verdict.HOLD, outcome.holds),
                (Verdict.UNKNOWN, outcome.unknown),
            ):
                new = with_reason(merged, verdict)
                new -= with_reason(here, verdict) | with_reason(there, verdict)
                assert [check.ticket.id for check in checks] == sorted(new)
            clashes = merged.clashes.keys() - here.clashes.keys() - there.clashes.keys()
            assert [clash.meaning for clash in outcome.clashes] == sorted(clashes)
            for name, side in (("ours", here), ("theirs", there)):
                ended = [each for each in outcome.ended if name in each.active_in]
                relations = [each.change.relation for each in ended]
                assert sorted(relations, key=Relation.rank) == ended_in(side, merged)


@pytest.mark.parametrize(
    ("ours", "theirs", "after"),
    [
        ("inprogress", "inprogress", "inprogress"),
        ("queued", "done", "done"),
        ("done", "queued", "done"),
        ("done", "inprogress", None),
    ],
)
def test_state_in_a_conflict_is_known_if_only_one_side_changed_it(
    branches: Callable[..., Branches], ours: str, theirs: str, after: str | None
) -> None:
    made = branches(
        lambda w: w.ticket(A, ours, updated_at="1"),
        lambda w: w.ticket(A, theirs, updated_at="2"),
        base=lambda w: (w.ticket(A, "queued", updated_at="0"), record(B, "blocked_by", A, 1)(w)),
    )

    ran = made.diff()

    assert ran.json["merge"]["conflicts"] == [
        {
            "path": f".yoi/tickets/{A}/item.md",
            "ticket": A,
            "format": "item",
            "decided": after is not None,
            "base": "queued",
            "ours": ours,
            "theirs": theirs,
        }
    ]
    with preview(made.workspace.root) as found:
        sql = "SELECT state FROM ticket_now WHERE ticket = ?"
        assert found.merged.connection.execute(sql, (A,)).fetchone() == (after,)
    verdicts = {row["ticket"]: row["after"] for row in ran.json["verdicts"]}
    if after is None:
        assert verdicts == {A: "unknown", B: "unknown"}


def test_ticket_that_one_side_removed_and_the_other_changed_is_unknown(
    branches: Callable[..., Branches],
) -> None:
    made = branches(lambda w: shutil.rmtree(w.tickets / A), state(A, "done"))

    ran = made.diff()

    (conflict,) = ran.json["merge"]["conflicts"]
    assert (conflict["ours"], conflict["theirs"], conflict["decided"]) == (None, "done", False)
    assert {row["ticket"]: row["after"] for row in ran.json["verdicts"]} == {A: "unknown"}


def test_records_of_both_sides_count_in_a_conflict(branches: Callable[..., Branches]) -> None:
    def entries(*targets: str) -> Edit:
        return lambda w: w.relations_json(
            C, *({"kind": "depends_on", "target": target} for target in targets)
        )

    def lines(*kinds: str) -> Edit:
        return lambda w: w.plan_lines(B, *({"kind": k, "related_ticket": A} for k in kinds))

    made = branches(
        lambda w: (entries(A, "00001KT0000E1")(w), lines("before", "after", "blocks")(w)),
        lambda w: (entries(A, "00001KT0000E2")(w), lines("before", "conflicts_with")(w)),
        base=lambda w: (entries(A, "00001KT0000E0")(w), lines("before", "after")(w)),
    )

    with preview(made.workspace.root) as found:
        assert [(c.source.holder, c.source.format.value, c.decided) for c in found.conflicts] == [
            (B, "orchestration-plan.jsonl", True),
            (C, "relations.json", True),
        ]
        sql = "SELECT holder, kind, target FROM record ORDER BY 1, 2, 3"
        assert found.merged.connection.execute(sql).fetchall() == [
            (B, "before", A),
            (B, "blocks", A),
            (B, "conflicts_with", A),
            (C, "depends_on", A),
            (C, "depends_on", "00001KT0000E1"),
            (C, "depends_on", "00001KT0000E2"),
        ]


def test_index_of_a_merge_with_conflicts_is_made_from_the_nearer_side(
    branches: Callable[..., Branches],
) -> None:
    ids = [f"00001KT1{number:05d}" for number in range(5)]
    made = branches(state(A, "ready"), lambda w: [state(id_, "done")(w) for id_ in (A, *ids)])
    with preview(made.workspace.root) as found:
        numbers = [each.generation.number for each in (found.ours, found.theirs, found.merged)]
    # The number is one more than that of the index that it was made from.
    assert ([each.source.holder for each in found.conflicts], numbers) == ([A], [1, 2, 3])


def test_index_of_a_side_that_another_tool_keeps_is_not_used(
    branches: Callable[..., Branches],
) -> None:
    def configure(text: str) -> Edit:
        return lambda workspace: (workspace.root / ".yoi/workspace.toml").write_text(text)

    root = '[ticket.backend]\nroot = ".yoi/tickets"\n'
    made = branches(
        lambda w: [state(id_, "ready")(w) for id_ in (A, B, C, D)],
        lambda w: (configure(root)(w), state(A, "done")(w)),
        configure(f'{root}provider = "tk"\n'),
    )
    with preview(made.workspace.root) as found:
        assert [each.workspace.tool is None for each in (found.ours, found.merged)] == [False, True]
        tickets = found.merged.connection.execute("SELECT ticket_id FROM ticket")
        assert sorted(tickets) == [(A,), (B,), (C,), (D,)]


def test_record_that_both_sides_changed_is_unknown(branches: Callable[..., Branches]) -> None:
    made = branches(
        record(A, "blocked_by", B, 1, author="ours"),
        record(A, "blocked_by", B, 1, author="theirs"),
        base=record(A, "blocked_by", B, 1),
    )

    ran = made.diff()

    (conflict,) = ran.json["merge"]["conflicts"]
    assert (conflict["format"], conflict["decided"]) == ("frontmatter", False)
    assert [row["change"] for row in ran.json["relations"]] == ["uncertain"]
    assert {row["after"] for row in ran.json["verdicts"]} == {"unknown"}


@pytest.mark.parametrize(
    "write",
    [
        lambda *targets: lambda w: [record(C, "blocked_by", t, 1)(w) for t in targets],
        lambda *targets: (
            lambda w: w.relations_json(C, *({"kind": "depends_on", "target": t} for t in targets))
        ),
        lambda *targets: (
            lambda w: w.plan_lines(C, *({"kind": "blocks", "related_ticket": t} for t in targets))
        ),
    ],
)
def test_records_that_one_side_removed_and_the_other_changed_are_unknown(
    branches: Callable[..., Branches], write: Callable[..., Edit]
) -> None:
    made = branches(lambda w: shutil.rmtree(w.tickets / C / "artifacts"), write(A, B), write(A))

    ran = made.diff()

    assert [conflict["decided"] for conflict in ran.json["merge"]["conflicts"]] == [False]
    assert {row["after"] for row in ran.json["verdicts"]} == {"unknown"}


def test_record_that_a_side_added_counts_where_the_other_moved_the_ticket(
    branches: Callable[..., Branches],
) -> None:
    made = branches(
        lambda w: move(w, A, "closed"),
        record(A, "blocked_by", B, 2),
        base=record(A, "related", C, 1),
    )

    ran = made.diff()

    conflicts = [(row["ticket"], row["decided"]) for row in ran.json["merge"]["conflicts"]]
    assert conflicts == [(A, True)]
    assert [(row["change"], row["target"]) for row in ran.json["relations"]] == [("added", B)]


def test_ticket_that_the_sides_moved_to_different_places_is_unknown(
    branches: Callable[..., Branches],
) -> None:
    made = branches(lambda w: move(w, A, "open"), lambda w: move(w, A, "closed"))

    merge = made.diff().json["merge"]

    assert [(row["ticket"], row["decided"]) for row in merge["conflicts"]] == [(A, False)] * 2
    assert merge["other_conflicts"] == 0


def test_state_that_no_side_knows_for_sure_is_unknown(branches: Callable[..., Branches]) -> None:
    made = branches(
        lambda w: w.ticket(A, "done", updated_at="1"),
        lambda w: w.ticket(A, "finished", updated_at="2"),
        base=lambda w: w.ticket(A, "started", updated_at="0"),
    )

    ran = made.diff()

    assert [row["decided"] for row in ran.json["merge"]["conflicts"]] == [False]
    assert {row["ticket"]: row["after"] for row in ran.json["verdicts"]} == {A: "unknown"}


@pytest.mark.parametrize("text", ["{", '{"version": 1, "relations": [{"kind": "x"}]}'])
def test_entries_that_a_side_has_not_in_order_are_unknown(
    branches: Callable[..., Branches], text: str
) -> None:
    made = branches(
        lambda w: w.relations_json(C, {"kind": "depends_on", "target": A}),
        lambda w: w.artifact(C, "relations.json", text),
    )

    ran = made.diff()

    (conflict,) = ran.json["merge"]["conflicts"]
    assert (conflict["format"], conflict["decided"]) == ("relations.json", False)
    assert {row["after"] for row in ran.json["verdicts"]} == {"unknown"}


def test_conflict_about_the_tickets_root_is_an_error(branches: Callable[..., Branches]) -> None:
    def configure(root: str) -> Edit:
        text = f'[ticket.backend]\nroot = ".yoi/{root}"\n'
        return lambda w: (w.root / ".yoi/workspace.toml").write_text(text)

    made = branches(configure("tickets"), configure("backup/../tickets"))

    ran = made.diff()

    assert (ran.code, ran.out) == (1, "")
    assert "workspace.toml" in ran.errors[-1]["error"]["message"]


def test_conflicts_in_other_files_are_counted(branches: Callable[..., Branches]) -> None:
    def write(text: str) -> Edit:
        return lambda w: [
            (folder / "thread.md").write_text(text) for folder in (w.root, w.tickets / A)
        ]

    made = branches(write("ours"), write("theirs"))

    merge = made.diff().json["merge"]

    assert (merge["conflicts"], merge["other_conflicts"]) == ([], 2)


def test_merge_of_what_is_merged_changes_nothing(branches: Callable[..., Branches]) -> None:
    made = branches(state(A, "done"), state(B, "done"))
    assert made.merge()

    ran = made.diff("--exit-code")

    assert (ran.code, ran.json["different"]) == (0, False)
    assert ran.json["merge"]["already_merged"] is True
    made.repository.git("reset", "-q", "--hard", "main~1")
    made.repository.git("branch", "-q", "-f", "side", "main@{1}")
    ran = made.diff()
    assert ran.json["merge"]["fast_forward"] is True
    assert [row["ticket"] for row in ran.json["tickets"]] == [B]


def test_branches_that_were_merged_crosswise_have_several_bases(
    branches: Callable[..., Branches],
) -> None:
    made = branches(state(A, "done"), state(B, "done"))
    git = made.repository.git
    ours, theirs = made.repository.id_of("main"), made.repository.id_of("side")
    git("merge", "-q", "--no-edit", theirs)
    git("checkout", "-q", "side")
    git("merge", "-q", "--no-edit", ours)
    state(C, "done")(made.workspace)
    made.repository.commit()
    git("checkout", "-q", "main")

    ran = made.diff()

    assert set(ran.json["merge"]["bases"]) == {ours, theirs}
    assert [(row["ticket"], row["after"]) for row in ran.json["tickets"]] == [(C, "done")]


def test_octopus_is_a_side_like_any_other(branches: Callable[..., Branches]) -> None:
    made = branches(state(A, "done"), state(B, "done"))
    git = made.repository.git
    git("checkout", "-q", "-b", "third", "main~1")
    state(C, "done")(made.workspace)
    made.repository.commit()
    git("merge", "-q", "--no-edit", "main", "side")
    git("checkout", "-q", "main")
    git("branch", "-q", "-f", "side", "third")

    ran = made.diff()

    assert {row["ticket"] for row in ran.json["tickets"]} == {B, C}
    assert len(made.repository.git("rev-list", "--parents", "-1", "third").split()) == 4


def orphan(repository: Repository) -> None:
    repository.git("checkout", "-q", "--orphan", "side")
    repository.commit("another history")
    repository.git("checkout", "-q", "main")


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda r: r.commit(), 2),  # no such branch
        (lambda r: r.git("checkout", "-q", "--orphan", "side"), 2),  # it has no commit
        (orphan, 2),
        (lambda r: r.git("tag", "side", "HEAD:.yoi"), 2),
    ],
)
def test_what_cannot_be_merged_is_an_error_in_words(
    tmp_path: Path, prepare: Callable[[Repository], object], code: int
) -> None:
    repository = Repository(tmp_path / "work")
    Workspace(repository.root).pair()
    repository.commit()
    prepare(repository)

    ran = workspace_of(repository.root).run("diff", "--merge", "side", "--json")

    assert (ran.code, ran.out) == (code, "")
    assert (
        "side" in ran.errors[-1]["error"]["message"] or "HEAD" in ran.errors[-1]["error"]["message"]
    )


def test_uncommitted_changes_are_said(branches: Callable[..., Branches]) -> None:
    made = branches(state(A, "done"), state(B, "done"))
    assert [line for line in made.diff().errors if "working files" in line["message"]] == []
    move(made.workspace, C, "open")  # no difference in meaning
    assert [line for line in made.diff().errors if "working files" in line["message"]] == []

    made.workspace.ticket(D, "queued")

    ran = made.diff()
    assert [line for line in ran.errors if "working files" in line["message"]]
    assert {row["ticket"] for row in ran.json["tickets"]} == {B}


def test_index_overwritten_during_the_answer_is_named(
    branches: Callable[..., Branches], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stat_stamp, "WINDOW", 0)
    made = branches(theirs=record(A, "related", B, 1))
    for _ in range(3):  # until the indexes are read in place
        with preview(made.workspace.root):
            pass

    def ask() -> None:
        with preview(made.workspace.root) as found:
            connection = found.theirs.connection
            ((_, _, path),) = connection.execute("PRAGMA database_list")
            os.truncate(path, 100)
            connection.execute("SELECT * FROM record").fetchall()

    with pytest.raises(RelationsError, match=r"/index-v.*\.sqlite3"):
        ask()


def test_nothing_is_written_into_the_repository(branches: Callable[..., Branches]) -> None:
    made = branches(record(A, "blocked_by", B, 1), state(B, "done"))
    before = files_in(made.repository.root / ".git")
    made.diff()
    assert files_in(made.repository.root / ".git") == before
    cache = made.repository.root / ".yoi/cache/relations"
    assert not [path.name for path in cache.iterdir() if "draft" in path.name]


def test_old_git_is_said(
    branches: Callable[..., Branches], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = branches(state(A, "done"), state(B, "done"))
    program, folder = shutil.which("git"), tmp_path / "bin"
    folder.mkdir()
    refuse = 'case "$*" in *merge-tree*) echo usage >&2; exit 129;; esac'
    (folder / "git").write_text(f'#!/bin/sh\n{refuse}\nexec {program} "$@"\n')
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    ran = made.diff()

    assert ran.code == 1
    assert "2.38" in ran.errors[-1]["error"]["message"]


def test_merge_takes_no_other_revision(branches: Callable[..., Branches]) -> None:
    made = branches()
    assert made.workspace.run("diff", "main", "--merge", "side").code == 2
