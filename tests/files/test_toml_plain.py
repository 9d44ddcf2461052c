from __future__ import annotations

import tomllib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yoi_relations.files.toml_plain import read_plain

PIECES = st.sampled_from([*"ab.-_ \t=[]\"'#\\0\r\x7f\x85日", '"""', "true", "'''", "[[", "]]"])
NAMES = st.sampled_from(["a", "b", "a.b", "a.b.c", "b.a", "a-b", "1", "", "a .b", '"a"'])
VALUES = st.one_of(
    st.sampled_from(
        [
            '["x"]',
            '["x" , "y"]',
            '["x,y"]',
            "[]",
            '["x",]',
            '["x", true]',
            '"x"',
            '"a b"',
            "true",
            "false",
            "1",
            "[1]",
            "''",
            '""',
            '"a" # b',
            "2026-01-01",
        ]
    ),
    st.lists(PIECES, max_size=5).map("".join),
    st.lists(PIECES, max_size=5).map(lambda parts: f'"{"".join(parts)}"'),
)
LINES = st.one_of(
    NAMES.map(lambda name: f"[{name}]"),
    st.tuples(NAMES, st.sampled_from([" = ", "=", " =\t"]), VALUES).map("".join),
    st.lists(PIECES, max_size=5).map(lambda parts: f"#{''.join(parts)}"),
    st.lists(PIECES, max_size=5).map("".join),
)


@settings(max_examples=600, deadline=None)
@given(lines=st.lists(LINES, max_size=5))
@example(lines=["[a]", 'b = "x"', "[a.b]", 'c = "y"'])
@example(lines=["[a.b]", "[a]", 'b = "x"'])
@example(lines=["[a.b]", 'c = "x"', "[a]", 'd = "x"'])
@example(lines=['a = "x"', "[a]"])
def test_agrees_with_the_parser_unless_it_declines(lines: list[str]) -> None:
    text = "\n".join(lines)
    plain = read_plain(text)
    if plain is not None:
        assert plain == tomllib.loads(text)


def test_usual_configuration_is_plain() -> None:
    text = '# ours\naliases = ["a", "b/c"]\n'
    text += '[backend]\nprovider = "builtin:yoi_local"\nroot = ".yoi/tickets"\n\n[ticket]\n'
    assert read_plain(text) == {
        "aliases": ["a", "b/c"],
        "backend": {"provider": "builtin:yoi_local", "root": ".yoi/tickets"},
        "ticket": {},
    }


@pytest.mark.parametrize(
    "text",
    [
        *("a = 1", "a = 'x'", 'a.b = "x"', "[[a]]", 'a = "\\n"', "a"),
        *("[a]\n[a]", "[a]\nb = true\n[a.b]", "a = true\n[a]", 'a =\f"x"', 'a = "x"\f'),
    ],
)
def test_declines_what_is_not_plain(text: str) -> None:
    assert read_plain(text) is None
