from __future__ import annotations

from pathlib import Path

import pytest
from workspace_builder import Workspace

from yoi_relations.errors import UsageError, WorkspaceError
from yoi_relations.files.configuration import CONFIG_LIMIT
from yoi_relations.files.workspace import ROOT_VARIABLE, find_workspace

CONFIGS = {
    "workspace.toml": "[ticket.backend]\nroot = {}\n",
    "ticket.config.toml": "[backend]\nroot = {}\n",
}
"""How each configuration names the tickets root."""


@pytest.fixture(autouse=True)
def _no_root_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)


def configure(workspace: Workspace, name: str, text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    (workspace.root / ".yoi" / name).write_bytes(data)


def tickets_root(workspace: Workspace) -> str:
    return find_workspace(str(workspace.root)).tickets_root


def refusal(workspace: Workspace) -> str:
    with pytest.raises(WorkspaceError) as caught:
        find_workspace(str(workspace.root))
    assert caught.value.hint
    return caught.value.message


def test_walks_up_from_the_working_directory(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = workspace.root / "src" / "deep"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert find_workspace().root == str(workspace.root)


def test_nearest_folder_with_yoi_is_the_workspace(workspace: Workspace) -> None:
    inner = Workspace(workspace.root / "vendor" / "inner")
    assert find_workspace(str(inner.tickets)).root == str(inner.root)


def test_file_called_yoi_is_ignored(workspace: Workspace) -> None:
    below = workspace.root / "below"
    below.mkdir()
    (below / ".yoi").write_text("no folder")
    assert find_workspace(str(below)).root == str(workspace.root)


def test_start_precedes_variable_and_variable_precedes_working_directory(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, here = Workspace(tmp_path / "named"), Workspace(tmp_path / "here")
    monkeypatch.chdir(here.root)
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    assert find_workspace().root == str(workspace.root)
    assert find_workspace(str(named.root)).root == str(named.root)
    monkeypatch.delenv(ROOT_VARIABLE)
    assert find_workspace().root == str(here.root)


def test_workspace_is_found_through_a_symlink(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(workspace.root)
    assert find_workspace(str(tmp_path / "alias" / ".yoi")) == find_workspace(str(workspace.root))


@pytest.mark.parametrize("name", ["two words", 'it\'s "quoted"', "line\nbreak", "emoji 🦀"])
def test_root_may_have_any_name(tmp_path: Path, name: str) -> None:
    found = find_workspace(str(Workspace(tmp_path / name).tickets))
    assert found.root == str(tmp_path / name)
    assert found.tickets_path == str(tmp_path / name / ".yoi" / "tickets")


def test_folder_without_yoi_is_not_a_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        find_workspace(str(tmp_path))
    assert caught.value.message.startswith(str(tmp_path))


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_impossible_folder_name_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError):
        find_workspace(name)


@pytest.mark.parametrize("by", ["argument", "variable"])
def test_start_that_is_not_a_folder_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    missing = str(tmp_path / "missing")
    monkeypatch.setenv(ROOT_VARIABLE, missing if by == "variable" else str(tmp_path))
    with pytest.raises(UsageError) as caught:
        find_workspace(missing if by == "argument" else None)
    assert caught.value.message.startswith(missing)
    assert "-C DIR" in (caught.value.hint or "")


def test_deleted_working_directory_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(WorkspaceError) as caught:
        find_workspace()
    assert caught.value.hint


def test_tickets_root_is_yoi_tickets_by_default(workspace: Workspace) -> None:
    assert tickets_root(workspace) == ".yoi/tickets"


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize(
    ("value", "root"),
    [("'work/tickets'", "work/tickets"), ("'./a//b/../c/'", "a/c"), ("'zäh 🦀'", "zäh 🦀")],
)
def test_either_configuration_names_the_tickets_root(
    workspace: Workspace, config: str, value: str, root: str
) -> None:
    configure(workspace, config, CONFIGS[config].format(value))
    assert tickets_root(workspace) == root


def test_workspace_toml_precedes_ticket_config_toml(workspace: Workspace) -> None:
    for config, text in CONFIGS.items():
        configure(workspace, config, text.format(f"'{config}'"))
    assert tickets_root(workspace) == "workspace.toml"


@pytest.mark.parametrize("text", ["", "[ticket]\n", "[ticket.backend]\nkind = 'git'\n"])
def test_ticket_config_toml_is_used_if_workspace_toml_has_no_root(
    workspace: Workspace, text: str
) -> None:
    configure(workspace, "workspace.toml", text)
    assert tickets_root(workspace) == ".yoi/tickets"
    configure(workspace, "ticket.config.toml", "[backend]\nroot = 'other'\n")
    assert tickets_root(workspace) == "other"


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("value", ["..", "/", "../work-too", "a/../../elsewhere", "link", "link/a"])
def test_tickets_root_outside_is_refused(
    workspace: Workspace, tmp_path: Path, config: str, value: str
) -> None:
    (tmp_path / "elsewhere" / "a").mkdir(parents=True)
    (workspace.root / "link").symlink_to(tmp_path / "elsewhere")
    configure(workspace, config, CONFIGS[config].format(f"'{value}'"))
    message = refusal(workspace)
    assert message.startswith(f".yoi/{config}: ")
    assert f"'{value}'" in message


def test_default_root_that_links_outside_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    workspace.tickets.rmdir()
    (tmp_path / "elsewhere").mkdir()
    workspace.tickets.symlink_to(tmp_path / "elsewhere")
    assert ".yoi/tickets" in refusal(workspace)


def test_tickets_root_may_be_absolute_or_a_symlink_inside(
    workspace: Workspace, tmp_path: Path
) -> None:
    (workspace.root / "real").mkdir()
    (workspace.root / "link").symlink_to("real")
    (tmp_path / "alias").symlink_to(workspace.root)
    named = {str(workspace.root / "real"): "real", "link": "link", f"{tmp_path}/alias/real": "real"}
    for value, root in named.items():
        configure(workspace, "workspace.toml", CONFIGS["workspace.toml"].format(f"'{value}'"))
        assert tickets_root(workspace) == root


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("value", ["3", "true", "''", "['a']", "{a = 'b'}", '"a\\u0000b"'])
def test_root_that_is_not_a_path_is_refused(workspace: Workspace, config: str, value: str) -> None:
    configure(workspace, config, CONFIGS[config].format(value))
    assert refusal(workspace).startswith(f".yoi/{config}: ")


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize(
    "data",
    [
        b"[ticket",
        b"a = 1\na = 2\n",
        b"a = 'caf\xe9'\n",
        b"a = '\0'\n",
        b"<<<<<<< HEAD\na = 1\n",
        b"a = " + b"[" * 20_000,
        b"a = " + b"9" * 5_000,
    ],
    ids=["cut", "duplicate", "latin-1", "nul", "merge", "nested", "number"],
)
def test_invalid_toml_is_refused_with_its_path(
    workspace: Workspace, config: str, data: bytes
) -> None:
    configure(workspace, config, data)
    assert refusal(workspace).startswith(f".yoi/{config}: is not valid TOML")


@pytest.mark.parametrize("config", CONFIGS)
def test_configuration_that_is_a_folder_is_refused(workspace: Workspace, config: str) -> None:
    (workspace.root / ".yoi" / config).mkdir()
    assert refusal(workspace).startswith(f".yoi/{config}: cannot be read")


@pytest.mark.parametrize("config", CONFIGS)
def test_configuration_has_a_size_limit(workspace: Workspace, config: str) -> None:
    text = CONFIGS[config].format("'work'")
    full = text + "#" * (CONFIG_LIMIT - len(text))
    configure(workspace, config, full)
    assert tickets_root(workspace) == "work"
    configure(workspace, config, full + "#")
    assert refusal(workspace) == f".yoi/{config}: is larger than {CONFIG_LIMIT} bytes"
