"""Commands in hints, findings and errors: no name can change what they do."""

from __future__ import annotations

import shlex
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspace_builder import AT, A, B, Workspace, ulid

ACTS = (
    ";",
    "&",
    "|",
    ">",
    "<",
    "$(",
    "`",
    "\n",
    "'",
    '"',
    "' ;",
    "\\",
    "#",
    "*",
    "\x1b[2J",
    "\x85",
)
NASTY = st.builds(
    "".join,
    st.lists(
        st.sampled_from([*ACTS, "ZZ", "-", " ", "é", "\u202e", "\u2028", "\xa0", ":", "x" * 9]),
        max_size=6,
    ),
).map(lambda text: f"{text}ZZ")
_SIGNS = ";<>|&()`$"
FILE_NAMES = NASTY.filter(lambda name: "/" not in name and not name.startswith("."))


def texts_of(value: object) -> list[str]:
    """Every hint, and every command, in an answer or an error."""
    if isinstance(value, list):
        return [text for one in value for text in texts_of(one)]
    if not isinstance(value, dict):
        return []
    own = [value["hint"]] if isinstance(value.get("hint"), str) else []
    own += value.get("commands") or []
    return own + [text for one in value.values() for text in texts_of(one)]


def assert_safe(text: str) -> None:
    """No part of a name is outside of quotation marks where a shell would interpret it."""
    assert text.isprintable(), text
    for word in ("relations ", "mv -n", "git log", "mkdir -p", "diff -r", "printf "):
        for at in (at for at in range(len(text)) if text.startswith(word, at)):
            tokens = words_of(text[at:].replace("other's", "others"))
            for before, token in pairwise(tokens):
                assert not ("ZZ" in token and set(before) <= set(_SIGNS)), text
            if word == "relations ":
                # A name that begins with a hyphen never becomes an option.
                assert not any(one.startswith("-") and "ZZ" in one for one in tokens[:5]), text


def words_of(command: str) -> list[str]:
    lexer = shlex.shlex(command, posix=True, punctuation_chars=_SIGNS)
    lexer.commenters = ""
    lexer.whitespace_split = True
    return list(lexer)


def answers(workspace: Workspace, *commands: tuple[str, ...]) -> list[str]:
    found = []
    for command in commands:
        if any("\0" in word for word in command):
            continue
        ran = workspace.run(*command)
        found += texts_of(ran.errors) + (texts_of(ran.json) if ran.out else [])
    return found


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    ids=st.lists(FILE_NAMES, min_size=2, max_size=2, unique=True),
    record=FILE_NAMES,
    slug=NASTY,
    note=NASTY,
)
def test_commands_of_doctor_are_quoted(ids: list[str], record: str, slug: str, note: str) -> None:
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "work")
        first, second = ids
        item = f"---\ntitle: {yaml(slug)}\nslug: {yaml(slug)}\nstate: queued\n---\n"
        for id_ in (first, second, A):
            workspace.item(id_, item)
        note_text = f"note about {second} {A} 00001KT0000BB\n{note}"

        def body(kind: str, target: str | None, **more: str) -> str:
            fields = {"kind": kind, "author": note, "at": AT, **more}
            fields |= {"target": target} if target else {}
            lines = "".join(f"{key}: {yaml(value)}\n" for key, value in fields.items())
            return f"---\n{lines}---\n{note_text}\n"

        workspace.record_file(first, f"{record}.md", body("blocked_by", second))
        workspace.record_file(second, f"{record}.md", body("blocked_by", first))
        workspace.record_file(first, f"{record}-2.md", body("blocked_by", first.upper()))
        workspace.record_file(first, f"{ulid(3)}.md", body("blocked_by", "no such ZZ;ZZ"))
        workspace.record_file(first, f"{ulid(4)}.md", body("after", f"{second} "))
        workspace.record_file(second, f"{ulid(4)}.md", body("after", first))
        workspace.record_file(
            first, f"{ulid(5)}.md", body("waiting", None, at="2199-01-01T00:00:00Z")
        )
        workspace.record_file(first, f"{ulid(6)}.md", body("accepted_plan", None, branch=note))
        workspace.record_file(second, f"{ulid(7)}.md", body("accepted_plan", None, branch=note))
        workspace.record_file(f"{first}-gone", f"{ulid(8)}.md", body("related", A))
        (workspace.tickets / "open").mkdir(exist_ok=True)
        workspace.item(f"open/{second}", item)
        workspace.record_file(f"open/{A}", f"{ulid(9)}.md", body("related", second))
        (workspace.tickets / A / "Item.md").write_text(item)
        (workspace.tickets / f"{first}-gone" / "ITEM.MD").write_text(item)
        found = answers(
            workspace,
            ("doctor", "--severity", "info", "--json"),
            ("check", "--json"),
            ("add", first, "waiting", "--note", "for it", "--json"),
            ("add", "--json", "--", first, "blocked-by"),
            ("add", "--json", "--", second, first, "blocked-by"),
            ("show", "--json", "--", slug),
        )
        assert len(found) > 4  # otherwise nothing is checked
        for text in found:
            assert_safe(text)


def yaml(text: str) -> str:
    signs = (f"\\u{ord(one):04x}" if not one.isalnum() else one for one in text)
    return f'"{"".join(signs)}"'


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=NASTY,
    command=st.sampled_from(["show", "check", "add", "retire", "order", "kind", "state", "here"]),
)
def test_commands_in_errors_are_quoted(workspace: Workspace, name: str, command: str) -> None:
    workspace.pair()
    line = {
        "show": ("show", "--json", "--", name),
        "check": ("check", "--json", "--", name),
        "add": ("add", "--json", "--", name, "blocked-by"),
        "retire": ("retire", "--json", "--reason", "over", "--", name),
        "order": ("add", "--json", "--", A, name, "blocked-by"),
        "kind": ("add", "--json", "--", A, name, B),
        "state": ("show", "--json", f"--state={name}"),
        "here": ("show", "--json", "-C", name),
    }[command]
    found = answers(workspace, line)
    assert found
    for text in found:
        assert_safe(text)


@pytest.mark.parametrize(
    "text", ["relations add A1;touch ZZ", "relations add `ZZ`", "relations a\nb"]
)
def test_unsafe_hint_fails_the_check(text: str) -> None:
    with pytest.raises(AssertionError):
        assert_safe(text.replace("touch ", ""))
