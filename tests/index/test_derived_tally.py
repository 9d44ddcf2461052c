"""The counts that an index keeps: sources, tickets, records, and relations of each kind."""

from __future__ import annotations

from workspace_builder import A, B, C, Workspace, ulid

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index


def tally(workspace: Workspace) -> dict[str, int]:
    """The counts that are not 0."""
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        rows = index.connection.execute("SELECT name, count FROM tally WHERE count <> 0")
        return dict(rows.fetchall())


def test_records_of_one_edge_are_counted_as_one_and_each_note_as_one(workspace: Workspace) -> None:
    workspace.pair()
    assert tally(workspace) == {"source": 2, "ticket": 2}

    workspace.record(A, "blocked_by", B)
    workspace.record(A, "depends_on", B, "once more")
    workspace.record(B, "blocks", A, "from the other side")
    workspace.record(A, "blocked_by", C)
    workspace.record(A, "after", B)
    for number in range(3):
        workspace.record(A, "waiting", None, f"note {number}")
    workspace.relations_json(B, {"kind": "related", "target": A})
    workspace.record(A, "related", B)
    workspace.record(A, "supersedes", B)
    workspace.record(B, "supersedes", A)
    counts = {"blocked_by": 2, "after": 1, "waiting": 3, "related": 1, "supersedes": 2}
    assert tally(workspace) == {"source": 14, "ticket": 2, "record": 12} | counts

    # Each is retired by a file of its own, which is not a record; what is retired still counts.
    assert workspace.run("retire", ulid(1), "--reason", "over").code == 0
    place = f".yoi/tickets/{B}/artifacts/relations.json:4"
    assert workspace.run("retire", place, "--reason", "over").code == 0
    after = tally(workspace)
    assert after["source"] == 16
    assert (after["record"], {kind: after[kind] for kind in counts}) == (12, counts)
