"""What a workspace is called: by its configuration, otherwise by its git remote."""

from __future__ import annotations

import pytest
from workspace_builder import Workspace, git

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.workspace import find_workspace
from yoi_relations.files.workspace_name import WorkspaceName, name_of


def called(workspace: Workspace) -> WorkspaceName:
    return name_of(find_workspace(str(workspace.root)))


def configure(workspace: Workspace, text: str) -> None:
    (workspace.root / ".yoi" / "workspace.toml").write_text(text, "utf-8")


def remote(workspace: Workspace, name: str, url: str) -> None:
    if not (workspace.root / ".git").exists():
        git(workspace, "init", "--quiet")
    git(workspace, "config", f"remote.{name}.url", url)


def test_the_configuration_names_it(workspace: Workspace) -> None:
    remote(workspace, "origin", "https://example.org/acme/other.git")
    configure(workspace, 'name = "acme/loans"\naliases = ["loans", "lend"]\n[ticket.backend]\n')
    found = called(workspace)
    assert (found.name, found.aliases) == ("acme/loans", ("loans", "lend"))
    assert [found.includes(name) for name in ("acme/loans", "lend", "other", "")] == [1, 1, 0, 0]


def test_a_configured_name_needs_no_git(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(workspace.root))
    configure(workspace, 'name = "loans"\n')
    assert called(workspace) == ("loans", ())
    configure(workspace, 'aliases = ["loans"]\n')
    assert called(workspace) == (None, ("loans",))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/acme/loans.git", "acme/loans"),
        ("https://jane:s3cret@example.org/Acme/Loans/", "acme/loans"),
        ("https://jane:s3cret@example.org/loans", "loans"),
        ("https://jane:s3cret@example.org", None),
        ("ssh://git@example.org:2222/group/acme/loans.git", "acme/loans"),
        ("git@example.org:acme/loans.git", "acme/loans"),
        ("git@example.org:loans.git", "loans"),
        ("/srv/git/acme/loans.git", "acme/loans"),
        ("../loans", None),
        ("https://example.org/acme/loans?token=s3cret", None),
        ("https://example.org/acme/größe.git", None),
        (f"https://example.org/acme/{'a' * 100}", None),
    ],
)
def test_the_default_is_the_end_of_the_path_of_the_remote(
    workspace: Workspace, url: str, name: str | None
) -> None:
    remote(workspace, "origin", url)
    assert called(workspace) == (name, ())


def test_origin_decides_among_several_remotes(workspace: Workspace) -> None:
    assert called(workspace).name is None
    remote(workspace, "fork", "https://example.org/jane/loans")
    assert called(workspace).name == "jane/loans"
    remote(workspace, "upstream", "https://example.org/acme/loans")
    assert called(workspace).name is None
    remote(workspace, "origin", "https://example.org/acme/lend")
    assert called(workspace).name == "acme/lend"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *((f"name = {value}", "name") for value in ('"Acme Loans"', '""', "1", '["a"]', "false")),
        *((f"aliases = {value}", "aliases") for value in ('"a"', '["a", "B"]', "[1]", "{}")),
    ],
)
def test_an_impossible_name_is_an_error_where_the_name_is_needed(
    workspace: Workspace, text: str, key: str
) -> None:
    configure(workspace, text)
    with pytest.raises(WorkspaceError) as caught:
        called(workspace)
    assert caught.value.message.startswith(f".yoi/workspace.toml: {key}")
    assert caught.value.hint
    assert workspace.run("show").code == 0
    ran = workspace.run("status", "--json")
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "workspace")


def test_status_has_the_name_and_the_aliases(workspace: Workspace) -> None:
    workspace.ticket("00001KT0000AA")
    assert workspace.run("status", "--json").json["workspace"]["name"] is None
    configure(workspace, 'name = "acme/loans"\naliases = ["loans"]\n')
    found = workspace.run("status", "--json").json["workspace"]
    assert (found["name"], found["aliases"]) == ("acme/loans", ["loans"])
    assert ["name", "acme/loans, loans"] in [
        line.split("\t") for line in workspace.run("status", "--plain").out.splitlines()
    ]
    assert "name" not in workspace.show()["workspace"]
