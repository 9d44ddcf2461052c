"""Configurations that are small and would take a TOML parser much memory."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yoi_relations.files.toml_bounds import MAX_DEPTH, check_bounds
from yoi_relations.files.toml_plain import MAX_PARTS, read_plain

DEEP = {
    "bare key": ".".join(["a"] * 99) + " = 1",
    "quoted key": " . ".join(["'a'", '"b"'] * 50) + " = 1",
    "table": f"[{'.'.join(['a'] * 99)}]",
    "list of tables": f"[[{'.'.join(['a'] * 99)}]]",
    "key in a table": f"x = {{y = 1, {'.'.join(['a'] * 99)} = 1}}",
    "arrays": f"x = {'[' * 99}{']' * 99}",
    "arrays over lines": f"x = {'[ # [' + chr(10)}{('[' + chr(10)) * 99}{']' * 100}",
    "tables": f"x = {'{a = ' * 99}1{'}' * 99}",
    "after text": f"x = '''\n\"\"\"'''\ny = \"\\\"'\"\n{'.'.join(['a'] * 99)} = 1",
    "after a comment": f'# it\'s """\n{".".join(["a"] * 99)} = 1',
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_too_deep_nesting_is_refused(text: str) -> None:
    assert read_plain(text) is None
    with pytest.raises(ValueError, match=r"\(at line \d+\)"):
        check_bounds(text)


def test_apparent_nesting_is_accepted() -> None:
    dots = ". " * 99 + "[" * 99
    text = (
        f'# {dots}\na = """\n{dots}\\""""\nb = \'\'\'{dots}\'\'\'\nc = "{dots}"\nd = \'{dots}\'\n'
    )
    text += f"{'.'.join(['k'] * MAX_PARTS)} = {'[' * MAX_DEPTH}1.5{']' * MAX_DEPTH}\n" * 1
    text += "".join(f"[t{n}.a]\nx.y = [1.5, 2.5, {{a.b = 1}}]\n" for n in range(99))
    check_bounds(text)
    assert tomllib.loads(text)["c"] == dots


PIECES = st.sampled_from(
    [*"ab.=[]{},#'\"\\\n ", '"""', "'''", "a.a.a", "a.b = ", "x = [", "y = {", ".a" * 20, "[" * 20]
)


def depth_of(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth_of, inner)) if inner else 0


@settings(max_examples=600, deadline=None)
@given(pieces=st.lists(PIECES, max_size=12))
def test_depth_count_agrees_with_the_parser(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        value = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    within = True
    try:
        check_bounds(text)
    except ValueError:
        within = False
    assert within == (depth_of(value) < 17), text  # no piece alone makes a depth in between
