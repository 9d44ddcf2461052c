"""Git hooks as files: installed, left unchanged, removed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace_builder import A, Workspace

from yoi_relations.errors import RelationsError, WriteError
from yoi_relations.files.workspace import find_workspace
from yoi_relations.git import LOCAL_VARIABLES
from yoi_relations.hooks import installation, shell_section
from yoi_relations.hooks.folder import HOOKS, Hook, HookState
from yoi_relations.render.hooks import hooks_document

SECTION = shell_section.section_for(".") or b""
ALL_INSTALLED = [HookState.INSTALLED] * len(HOOKS)


def git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return ran.stdout.decode()


@pytest.fixture(autouse=True)
def isolated_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git without the user's configuration."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.org")


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    workspace.ticket(A)
    git(workspace.root, "init", "--quiet", "--initial-branch=main")
    git(workspace.root, "add", ".")
    git(workspace.root, "commit", "--quiet", "--message=first")
    return workspace


def install(root: Path) -> list[HookState]:
    return [hook.state for hook in installation.install(find_workspace(str(root)))]


def uninstall(root: Path) -> list[HookState]:
    return [hook.state for hook in installation.uninstall(find_workspace(str(root)))]


def list_hooks(root: Path) -> list[Hook]:
    return installation.list_hooks(find_workspace(str(root)))


def write_hook(repository: Workspace, script: bytes, mode: int = 0o750) -> Path:
    """Write a post-checkout hook that relations did not create."""
    path = repository.root / ".git" / "hooks" / "post-checkout"
    path.write_bytes(script)
    path.chmod(mode)
    return path


def contents(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """The mode, inode and bytes of each hook."""
    files = [path for path in folder.iterdir() if path.suffix != ".sample"]
    return {
        path.name: (path.stat().st_mode, path.stat().st_ino, path.read_bytes()) for path in files
    }


def test_installs_and_uninstalls_hooks_where_there_were_none(repository: Workspace) -> None:
    folder = repository.root / ".git" / "hooks"
    assert [hook.state for hook in list_hooks(repository.root)] == [HookState.NOT_INSTALLED] * 3
    assert installation.installed(find_workspace(str(repository.root))) == ()

    assert install(repository.root) == ALL_INSTALLED
    before = contents(folder)
    assert {path: data for path, (_, _, data) in before.items()} == dict.fromkeys(
        HOOKS, b"#!/bin/sh\n" + SECTION
    )
    assert all(os.access(folder / name, os.X_OK) for name in HOOKS)
    assert installation.installed(find_workspace(str(repository.root))) == HOOKS

    assert install(repository.root) == ALL_INSTALLED
    assert contents(folder) == before
    assert uninstall(repository.root) == [HookState.NOT_INSTALLED] * 3
    assert uninstall(repository.root) == [HookState.NOT_INSTALLED] * 3
    assert contents(folder) == {}


@pytest.mark.parametrize(
    "script",
    [
        b"#!/bin/sh\necho there\n",
        b"#!/bin/sh\necho there",
        b"#! /bin/bash -e\necho there\n",
        b"#!/usr/bin/env bash\n\n\nexec echo there\n",
        b"#!/usr/bin/env -S LC_ALL=C dash -u\necho there\n",
        b"#!/usr/local/bin/zsh\necho there\n",
        b"#!/bin/busybox sh\necho there\n",
        b"#!/bin/sh -e\necho there\n",
        b"#!/bin/sh\necho there\r\necho again\r\n",
        b"#!/bin/sh\ncat <<END\n# caf\xe9\n",
        b"#!/bin/bash\n",
    ],
)
def test_shell_script_gets_a_section_and_keeps_the_rest(
    repository: Workspace, script: bytes
) -> None:
    hook = write_hook(repository, script)

    assert install(repository.root) == ALL_INSTALLED
    first, _, rest = script.partition(b"\n")
    assert hook.read_bytes() == first + b"\n" + SECTION + rest
    assert hook.stat().st_mode & 0o7777 == 0o750
    after = contents(hook.parent)
    assert install(repository.root) == ALL_INSTALLED
    assert contents(hook.parent) == after

    assert uninstall(repository.root) == [HookState.NOT_INSTALLED] * 3
    assert {name: data for name, (_, _, data) in contents(hook.parent).items()} == {
        hook.name: script
    }
    assert hook.stat().st_mode & 0o7777 == 0o750


def test_script_without_interpreter_line_gets_the_section_at_the_top(repository: Workspace) -> None:
    hook = write_hook(repository, b"echo there\n")

    assert install(repository.root) == ALL_INSTALLED
    assert hook.read_bytes() == SECTION + b"echo there\n"
    uninstall(repository.root)
    assert hook.read_bytes() == b"echo there\n"


@pytest.mark.parametrize(
    ("script", "mode", "reason"),
    [
        (b"\x7fELF\x02\x01\x01\0\0\0", 0o755, "shell script"),
        (b"#!/usr/bin/env python3\nprint()\n", 0o755, "shell script"),
        (b"#!/usr/bin/env -S node --no-warnings\n", 0o755, "shell script"),
        (b"#!\n", 0o755, "shell script"),
        (b"#!/usr/bin/fish\n", 0o755, "shell script"),
        (b"#!/bin/sh\r\necho there\r\n", 0o755, "CRLF"),
        (b"#!/bin/sh\necho there\n", 0o644, "executable"),
        (b"#!/bin/sh\n" + SECTION.partition(b"\n")[0] + b"\necho there\n", 0o755, "mark"),
        (b"#!/bin/sh\n" + SECTION + SECTION.partition(b"\n")[2], 0o755, "mark"),
    ],
)
def test_hook_that_cannot_take_a_section_is_unchanged(
    repository: Workspace, script: bytes, mode: int, reason: str
) -> None:
    hook = write_hook(repository, script, mode)

    hooks = installation.install(find_workspace(str(repository.root)))

    assert [hook.state for hook in hooks] == [
        HookState.FOREIGN,
        HookState.INSTALLED,
        HookState.INSTALLED,
    ]
    assert (hook.read_bytes(), hook.stat().st_mode & 0o777) == (script, mode)
    error = installation.install_error(hooks)
    assert error is not None
    assert " post-checkout: " in error.message
    assert reason in error.message
    assert shell_section.CALL in (error.hint or "")


@pytest.mark.parametrize("target", ["../../elsewhere", "nowhere"])
def test_symbolic_link_is_not_followed(repository: Workspace, target: str) -> None:
    elsewhere = repository.root / "elsewhere"
    elsewhere.write_bytes(b"#!/bin/sh\necho there\n")
    elsewhere.chmod(0o755)
    hook = repository.root / ".git" / "hooks" / "post-merge"
    hook.symlink_to(target)

    assert install(repository.root) == [HookState.INSTALLED, HookState.FOREIGN, HookState.INSTALLED]
    assert uninstall(repository.root) == [
        HookState.NOT_INSTALLED,
        HookState.FOREIGN,
        HookState.NOT_INSTALLED,
    ]

    assert os.readlink(hook) == target
    assert elsewhere.read_bytes() == b"#!/bin/sh\necho there\n"


def test_folder_at_the_path_of_a_hook_is_not_changed(repository: Workspace) -> None:
    (repository.root / ".git" / "hooks" / "post-merge").mkdir()

    assert install(repository.root) == [HookState.INSTALLED, HookState.FOREIGN, HookState.INSTALLED]
    hooks = installation.uninstall(find_workspace(str(repository.root)))
    error = installation.uninstall_error(hooks)

    assert [hook.state for hook in hooks].count(HookState.NOT_INSTALLED) == 2
    assert error is not None
    assert " post-merge: " in error.message


def test_hook_that_calls_the_refresh_by_hand_counts_as_installed(repository: Workspace) -> None:
    script = b"#!/usr/bin/env python3\nimport os\nos.system('relations hooks run -C .')\n"
    hook = write_hook(repository, script)

    hooks = installation.install(find_workspace(str(repository.root)))
    assert [hook.state for hook in hooks] == ALL_INSTALLED
    assert installation.install_error(hooks) is None

    hooks = installation.uninstall(find_workspace(str(repository.root)))
    error = installation.uninstall_error(hooks)
    assert error is not None
    assert " post-checkout: " in error.message
    assert hook.read_bytes() == script


def test_outdated_section_is_replaced_in_place(repository: Workspace) -> None:
    mark, _, rest = SECTION.partition(b"\n")
    old = mark + b"\nrelations refresh\n" + rest[rest.rindex(b"#") :]
    hook = write_hook(repository, b"#!/bin/sh\necho before\n" + old + b"echo after\n")
    assert list_hooks(repository.root)[0].state is HookState.OUTDATED

    assert install(repository.root) == ALL_INSTALLED
    assert hook.read_bytes() == b"#!/bin/sh\necho before\n" + SECTION + b"echo after\n"
    uninstall(repository.root)
    assert hook.read_bytes() == b"#!/bin/sh\necho before\necho after\n"


def test_uninstall_removes_the_section_of_a_disabled_hook(
    repository: Workspace,
) -> None:
    hook = write_hook(repository, b"#!/bin/sh\necho there\n")
    install(repository.root)
    hook.chmod(0o600)
    hook.write_bytes(hook.read_bytes().replace(b"\n", b"\r\n"))
    assert list_hooks(repository.root)[0].state is HookState.FOREIGN

    uninstall(repository.root)

    assert hook.read_bytes() == b"#!/bin/sh\r\necho there\r\n"


def test_failed_write_does_not_change_the_hook(repository: Workspace) -> None:
    hook = write_hook(repository, b"#!/bin/sh\necho there\n")
    in_the_way = hook.parent / f".post-checkout.{os.getpid()}.tmp"
    in_the_way.mkdir()

    with pytest.raises(WriteError, match="post-checkout: ") as caught:
        install(repository.root)

    assert caught.value.hint
    assert hook.read_bytes() == b"#!/bin/sh\necho there\n"


@pytest.mark.parametrize("absolute", [False, True])
def test_hooks_are_installed_in_core_hooks_path(
    repository: Workspace, tmp_path: Path, *, absolute: bool
) -> None:
    folder = tmp_path / "of everybody" if absolute else repository.root / ".husky" / "_"
    git(repository.root, "config", "core.hooksPath", str(folder) if absolute else ".husky/_")

    assert install(repository.root) == ALL_INSTALLED

    assert sorted(contents(folder)) == sorted(HOOKS)
    paths = [
        hook["path"]
        for hook in hooks_document(
            find_workspace(str(repository.root)), list_hooks(repository.root)
        )["hooks"]
    ]
    expected = str(folder) if absolute else ".husky/_"
    assert paths == [f"{expected}/{name}" for name in HOOKS]


@pytest.mark.parametrize("inner", ["", "inner"])
@pytest.mark.parametrize("value", ["", ".", "./", ".//"])
def test_no_hook_is_installed_if_git_runs_none(tmp_path: Path, inner: str, value: str) -> None:
    top = tmp_path / "top"
    workspace = Workspace(top / inner)
    workspace.ticket(A)
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "config", "core.hooksPath", value)
    (top / "post-checkout").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (top / "post-checkout").chmod(0o755)
    subprocess.run(["git", "checkout", "-q", "-b", "a"], cwd=top, check=False, capture_output=True)
    assert not (tmp_path / "ran").exists()
    before = workspace.snapshot()

    for act in (installation.install, installation.list_hooks, installation.uninstall):
        with pytest.raises(RelationsError, match=r"core\.hooksPath"):
            act(find_workspace(str(workspace.root)))
    assert installation.installed(find_workspace(str(workspace.root))) == ()
    assert workspace.snapshot() == before
    assert sorted(os.listdir(top)) == sorted({".git", "post-checkout", inner or ".yoi"})


def test_install_fails_if_git_has_hooks_switched_off(repository: Workspace) -> None:
    git(repository.root, "config", "core.hooksPath", os.devnull)

    assert [hook.state for hook in list_hooks(repository.root)] == [HookState.NOT_INSTALLED] * 3
    with pytest.raises(RelationsError, match=os.devnull):
        install(repository.root)


def test_linked_work_tree_shares_the_hooks_of_its_repository(
    repository: Workspace, tmp_path: Path
) -> None:
    git(repository.root, "worktree", "add", "--quiet", str(tmp_path / "linked"))

    assert install(tmp_path / "linked") == ALL_INSTALLED

    assert sorted(contents(repository.root / ".git" / "hooks")) == sorted(HOOKS)
    assert [hook.state for hook in list_hooks(repository.root)] == ALL_INSTALLED


def test_submodule_has_its_own_hooks(repository: Workspace, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet")
    add = ("submodule", "--quiet", "add", str(repository.root), "inner")
    git(outer, "-c", "protocol.file.allow=always", *add)

    assert install(outer / "inner") == ALL_INSTALLED

    assert sorted(contents(outer / ".git" / "modules" / "inner" / "hooks")) == sorted(HOOKS)
    assert contents(outer / ".git" / "hooks") == {}


def test_section_names_a_workspace_below_the_top(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    first, second = tmp_path / "it's one", tmp_path / "two"
    for folder in (first, second):
        Workspace(folder)

    assert install(first) == ALL_INSTALLED
    script = (tmp_path / ".git" / "hooks" / "post-merge").read_text()
    assert """relations hooks run -C './it'"'"'s one'\n""" in script
    assert [hook.state for hook in list_hooks(second)] == [HookState.OUTDATED] * 3


MARKS = [
    line for line in SECTION.decode().splitlines() if "relations hooks" in line and "#" in line
]
BEGIN, END = MARKS[0], MARKS[-1]
NASTY = [
    *(f"a{sign}b" for sign in "\x01\t\r\x1b\x7f\x85\u2028\u2029"),
    f"x\n{END}\ntouch ZZ\n#",
    f"x\n{END}\ntouch ZZ\n{BEGIN}\n#",
    f"{BEGIN}\n",
    f"\n{END}",
]


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_path_with_a_control_character_is_never_written_to_a_hook(
    tmp_path: Path, name: str
) -> None:
    git(tmp_path, "init", "--quiet")
    Workspace(tmp_path / "good")
    assert install(tmp_path / "good") == ALL_INSTALLED
    before = contents(tmp_path / ".git" / "hooks")
    root = Workspace(tmp_path / "below" / name).root
    for _ in range(2):
        with pytest.raises(RelationsError, match="below") as caught:
            installation.install(find_workspace(str(root)))
        assert caught.value.hint
        assert contents(tmp_path / ".git" / "hooks") == before
    assert [hook.state for hook in list_hooks(root)] == [HookState.OUTDATED] * 3
    assert uninstall(root) == [HookState.NOT_INSTALLED] * 3
    assert contents(tmp_path / ".git" / "hooks") == {}


@pytest.mark.parametrize(
    "name", [f"{BEGIN}", f"x {END}", "a'b;$(c)`d`", "-C", "{folder}", "\udcff"]
)
def test_uninstall_restores_a_hook_for_any_other_path(tmp_path: Path, name: str) -> None:
    git(tmp_path, "init", "--quiet")
    root = Workspace(tmp_path / name).root
    hook = tmp_path / ".git" / "hooks" / "post-merge"
    hook.write_bytes(b"#!/bin/sh\necho there\n")
    hook.chmod(0o755)
    assert install(root) == install(root) == ALL_INSTALLED
    assert uninstall(root) == [HookState.NOT_INSTALLED] * 3
    assert contents(hook.parent).keys() == {hook.name}
    assert hook.read_bytes() == b"#!/bin/sh\necho there\n"


@pytest.mark.parametrize("mark", [BEGIN, END])
@pytest.mark.parametrize("section_first", [False, True])
def test_uninstall_does_not_change_a_hook_with_an_unpaired_mark(
    repository: Workspace, mark: str, *, section_first: bool
) -> None:
    """The end of a section is unknown: the rest could be half a command."""
    stray = f"{mark}\n".encode()
    parts = (SECTION, stray) if section_first else (stray, SECTION)
    script = b"#!/bin/sh\n" + b"echo there\n".join(parts)
    hook = write_hook(repository, script)
    hooks = installation.uninstall(find_workspace(str(repository.root)))
    assert hook.read_bytes() == script
    error = installation.uninstall_error(hooks)
    assert error is not None
    assert "post-checkout" in error.message


LINES = st.one_of(
    st.sampled_from([f"{BEGIN}\n", f"{END}\n", f"{BEGIN}\r\n", f" {BEGIN}\n", END, BEGIN]).map(
        str.encode
    ),
    st.sampled_from(
        [b"#!/bin/sh\n", b"#!/bin/sh", b"exit 0\n", b"\n", b"\r", b"\xff\0\n", SECTION]
    ),
)


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(LINES, max_size=6), other=st.booleans())
def test_section_can_be_removed_exactly(lines: list[bytes], *, other: bool) -> None:
    script = b"".join(lines)
    section = (shell_section.section_for("other") or b"") if other else SECTION
    try:
        found = shell_section.with_section(script, section)
    except ValueError:
        return
    assert found.count(section) >= 1
    rest = shell_section.without_section(script)
    # Only a first line without a newline gets one.
    assert shell_section.without_section(found) in {rest, rest + b"\n"}
    assert not shell_section.has_unpaired_mark(found)


def test_hooks_are_installed_if_the_path_has_a_newline(tmp_path: Path) -> None:
    root = Workspace(tmp_path / "a\nb 'c' \N{TICKET}").root
    git(root, "init", "--quiet")

    assert install(root) == ALL_INSTALLED
    assert sorted(contents(root / ".git" / "hooks")) == sorted(HOOKS)


def test_exported_git_variables_do_not_select_another_repository(
    repository: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))

    assert install(repository.root) == ALL_INSTALLED

    assert sorted(contents(repository.root / ".git" / "hooks")) == sorted(HOOKS)
    assert contents(tmp_path / "other" / ".git" / "hooks") == {}


def test_local_variables_include_those_of_git(tmp_path: Path) -> None:
    named = git(tmp_path, "rev-parse", "--local-env-vars").split()

    assert set(named) <= LOCAL_VARIABLES


def test_commands_fail_without_a_git_work_tree(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def assert_refused(root: Path, reason: str) -> None:
        for command in (installation.install, installation.uninstall, installation.list_hooks):
            with pytest.raises(RelationsError, match=reason) as caught:
                command(find_workspace(str(root)))
            assert caught.value.exit_code == 1
            assert caught.value.hint
        assert installation.installed(find_workspace(str(root))) == ()

    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert_refused(workspace.root, "not a git repository")
    git(tmp_path, "init", "--quiet", "--bare", "bare")
    # Before 2.38, git accepts a folder with the layout of a bare repository.
    reason = "cannot use bare repository|is not in a work tree"
    assert_refused(Workspace(tmp_path / "bare").root, reason)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert_refused(workspace.root, "git: cannot be run")


def test_hint_is_the_advice_of_git_about_another_owner(
    repository: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    for command in (installation.install, installation.uninstall, installation.list_hooks):
        with pytest.raises(RelationsError, match="dubious ownership") as caught:
            command(find_workspace(str(repository.root)))
        assert f"git config --global --add safe.directory {repository.root}" in str(
            caught.value.hint
        )


def test_document_lists_every_hook(repository: Workspace) -> None:
    write_hook(repository, b"#!/usr/bin/perl\n")
    workspace = find_workspace(str(repository.root))

    document = hooks_document(workspace, installation.install(workspace))

    assert document == {
        "schema_version": 1,
        "document": "hooks",
        "workspace": {"root": str(repository.root)},
        "hooks": [
            {
                "name": name,
                "state": "foreign" if name == "post-checkout" else "installed",
                "path": f".git/hooks/{name}",
                "reason": "is not a shell script" if name == "post-checkout" else None,
            }
            for name in HOOKS
        ],
    }
