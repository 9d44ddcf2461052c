from __future__ import annotations

import pytest
from building import A, B, Workspace

pytestmark = pytest.mark.usefixtures("either_door")


def test_an_edge_is_seen_from_either_end(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.ticket(B)
    workspace.record(A, "blocks", B, "first things first")

    for name in (A, B):
        (relation,) = workspace.show(name)["relations"]
        assert (relation["ticket"], relation["kind"], relation["target"]) == (B, "blocked_by", A)
        assert relation["end"] == ("target" if name == A else "ticket")
