from __future__ import annotations

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from workspace_builder import assert_says

from yoi_relations.files import yaml_full
from yoi_relations.files.frontmatter import find_fences, parse_document, through_closing_fence
from yoi_relations.files.source import SourceError
from yoi_relations.files.yaml_full import MAX_DEPTH

PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60)
LINES = st.lists(PRINTABLE, max_size=4).map("\n".join)


def fenced(head: str | bytes) -> bytes:
    data = head if isinstance(head, bytes) else head.encode()
    return b"---\n" + data + b"\n---\nThe body.\n"


def texts(data: bytes) -> dict[str, str | None]:
    return {key: value.text for key, value in parse_document(data).fields.items()}


def problem(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        parse_document(data)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        *("no", "Yes", "on", "TRUE", "nullable", "none", "0", "00001234", "0x1F", "0o17", "1_000"),
        *("1.0", "1e3", ".inf", "-.5", "12:30:45", "2026-06-01", "2026-06-01T10:00:00Z", "=", "<<"),
        *("00001KTNVGT8G", "00001E1234567", "C:\\temp", "a#b", "it's", 'a "word"', "日本語 🦀"),
    ],
)
def test_plain_scalar_stays_as_written(text: str) -> None:
    assert texts(fenced(f"state: {text}")) == {"state": text}


@pytest.mark.parametrize("text", ["", "null", "~", "no", " padded ", "a: b", "- a", "# a", "---"])
def test_quoted_scalar_is_read_without_quotes(text: str) -> None:
    assert texts(fenced(f"a: '{text}'\nb: \"{text}\"")) == {"a": text, "b": text}


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL", "# nothing but a comment"])
def test_null_is_not_text(text: str) -> None:
    assert texts(fenced(f"state: {text}\ntitle: x")) == {"state": None, "title": "x"}
    assert parse_document(fenced(f"state: {text}")).fields["state"].scalar


def test_keys_stay_as_written() -> None:
    assert list(texts(fenced("no: a\n0123: b\n12:30: c\n2026-06-01: d"))) == [
        *("no", "0123", "12:30", "2026-06-01"),
    ]


@pytest.mark.parametrize("loader", ["CBaseLoader", "BaseLoader"])
@pytest.mark.parametrize("escape", ["\\ud800", "\\ud83d\\ude00", "\\U00110000"])
def test_escape_without_a_character_is_a_problem(
    escape: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With libyaml, and with the parser of PyYAML's own where there is none."""
    monkeypatch.setattr(yaml_full, "_Loader", getattr(yaml, loader, yaml.BaseLoader))
    for text in (
        f'title: "{escape}"',
        f'"{escape}": x',
        f'a: b\ntitle: "x{escape}"',
        f'a: [b, "{escape}"]',
    ):
        assert problem(fenced(text)).message.startswith("is not valid YAML: ")


@pytest.mark.parametrize("value", ["[a, b]", "{a: b}", "\n  - a\n  - b", "\n  a: b", "*x"])
def test_value_that_is_not_a_scalar_is_marked(value: str) -> None:
    fields = parse_document(fenced(f"x: &x a\nlabels: {value}\nstate: done")).fields
    assert (fields["labels"].text, fields["labels"].scalar) == (None, False)
    assert fields["state"].text == "done"


def test_every_value_has_its_line() -> None:
    data = fenced("# comment\ntitle: a\n\nlabels:\n  - b\nstate: done")
    assert [(key, value.line) for key, value in parse_document(data).fields.items()] == [
        *(("title", 3), ("labels", 6), ("state", 7)),
    ]


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (b"---\ntitle: a\nstate: done\n---\nBody.\n", b"Body.\n"),
        (b"---\r\ntitle: a\r\nstate: done\r\n---\r\nBody.\r\n", b"Body.\r\n"),
        (b"\xef\xbb\xbf---\ntitle: a\nstate: done\n---\nBody.", b"Body."),
        (b"\xef\xbb\xbf---\r\ntitle: a\r\nstate: done\r\n---", b""),
        (b"---\ntitle:\ta\t\nstate: \t done\n---\n", b""),
        (b"--- \t\ntitle: a\nstate: done\n---\t\n\n---\nBody.", b"\n---\nBody."),
        (b"---\ntitle: a\nstate: done\n---\n\n---\nBody.\n", b"\n---\nBody.\n"),
        (b"---\ntitle: a # not <<<<<<< this\nstate: done\n---\n", b""),
        (b"---\n{title: a, 'state': \"done\"}\n---\n", b""),
        (b"---\n# why\ntitle: a # b\n\nstate: done\n---\n\xe9\0", b"\xe9\0"),
    ],
    ids=[
        *("plain", "CRLF", "BOM", "BOM, CRLF, cut", "tabs", "blanks", "fences", "no marker"),
        *("flow", "odd body"),
    ],
)
def test_equivalent_spellings_give_equal_fields(data: bytes, body: bytes) -> None:
    assert texts(data) == {"title": "a", "state": "done"}
    assert parse_document(data).body == body
    assert data.endswith(body)
    assert through_closing_fence(data) == data[: find_fences(data).body_start]


@pytest.mark.parametrize("data", [b"---\n---", b"---\n\n---\n", b"---\n# nothing\n---\n"])
def test_empty_frontmatter_has_no_fields(data: bytes) -> None:
    assert parse_document(data).fields == {}


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"", 1, "frontmatter"),
        (b"state: done\n", 1, "frontmatter"),
        (b"\n---\nstate: done\n---\n", 1, "frontmatter"),
        (b"----\nstate: done\n---\n", 1, "frontmatter"),
        (b"---", 1, "---"),
        (b"---\nstate: done\n", 1, "---"),
        (b"---\nstate: done\n ---\n----\n", 1, "---"),
        (fenced(b"title: a\nstate: do\0ne"), 3, "NUL"),
        (fenced(b"title: a\nstate: caf\xe9"), 3, "UTF-8"),
        (fenced(b"title: a\nstate: \x01"), 3, "\\x01"),
        (fenced("a: 1\nb: 2\na: 1"), 4, "'a'"),
        (fenced("state: done\ntitle: Docs: x"), 3, "quotes"),
        (fenced("title: a\n\tstate: done"), 3, "tab"),
        (fenced("\ttitle: a\nstate: done"), 2, "tab"),
        (fenced("title: a\nstate: *gone\nx: ["), 4, "YAML"),
        (fenced("title: @a"), 2, "YAML"),
        (fenced("title: a\n[b]: c"), 3, "key"),
        (fenced("- a\n- b"), 2, "'key: value'"),
        (fenced("only words"), 2, "'key: value'"),
        (fenced("title: a\n--- b\n"), 3, "document"),
        (fenced("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> it"), 3, "conflict"),
        (fenced("a: 1\n||||||| base\nb: 2"), 3, "conflict"),
        (fenced("a: 1\n>>>>>>> topic\nb: 2"), 3, "conflict"),
        (fenced(b"title: a\nstate: \0\nslug: \0"), 3, "NUL"),
        (b"\n---\n<<<<<<< HEAD\n---\n", 3, "conflict"),
        (b"<<<<<<< HEAD\r\n---\r\na: 1\r\n---\r\n", 1, "conflict"),
    ],
)
def test_unusable_frontmatter_names_reason_and_line(
    data: bytes, line: int | None, message: str
) -> None:
    error = problem(data)
    assert message in error.message
    assert error.line == line


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_line_numbers_do_not_depend_on_the_line_end(line_end: bytes) -> None:
    data = fenced("a: 1\n\nb: x: y").replace(b"\n", line_end)
    assert problem(data).line == 4


@pytest.mark.parametrize("head", ["a: {}", "{}: a", "? {}\n: a"])
def test_nesting_has_an_exact_limit(head: str) -> None:
    def nested(depth: int) -> bytes:
        return fenced(head.format("[" * depth + "]" * depth))

    if head.startswith("a"):
        assert parse_document(nested(MAX_DEPTH)).fields["a"].scalar is False
    error = problem(nested(MAX_DEPTH + 1))
    assert "nests" in error.message
    assert error.line == 2


@pytest.mark.parametrize("unit", ["[", "{a: ", "- ", "? ", "a: [", "[[], "])
@pytest.mark.parametrize("start", ["", "a: ", "a:\n  "])
def test_endless_nesting_is_a_problem(start: str, unit: str) -> None:
    assert problem(fenced(start + unit * 32_000)).message


@pytest.mark.parametrize("unit", ["[", "[[], ", "{a: [], b: "])
def test_too_deep_nesting_is_named_by_either_parser(unit: str) -> None:
    assert "nests" in problem(fenced("a: " + unit * 12_000)).message


def test_deep_indentation_is_a_problem() -> None:
    head = "".join(" " * depth + "a:\n" for depth in range(350))
    assert "nests" in problem(fenced(head)).message


def test_aliases_are_never_expanded() -> None:
    doubled = "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 2_000))
    fields = parse_document(fenced(f"a0: &a0 x\n{doubled}state: done")).fields
    assert len(fields) == 2_001
    assert fields["state"].text == "done"


@settings(deadline=None)
@given(st.dictionaries(PRINTABLE, LINES, max_size=6))
@example({"state": "no", "null": "~", "---": "...", "": ""})
@example({"a": "b\u2028c\u2029", "d": "\ufeffe\u0085"})
def test_text_written_by_yaml_reads_back(mapping: dict[str, str]) -> None:
    for escaped in (True, False):
        written: str = yaml.safe_dump(mapping, allow_unicode=not escaped, sort_keys=False)
        assume(not any(marker * 7 in written for marker in "<|>"))
        if any(sign in written for sign in "\r\x85\u2028\u2029"):
            assert "CRLF" in problem(fenced(written)).message
        else:
            assert texts(fenced(written)) == mapping


@pytest.mark.parametrize(
    ("sign", "name"),
    [("\r", "\\r"), ("\x85", "\\x85"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "head",
    [
        "title: Parser work{}state: done\nstate: queued",
        "state: queued\ntitle: a # b{}state: done",
        'state: queued\ntitle: "a{}b"',
        "state: queued{} \ntitle: a",
        "state: queued\n# {} \ntitle: a",
        "state: queued\nlabels:\n  - a{}b\n",
        "state: queued\n{}",
    ],
)
def test_only_lf_and_crlf_end_a_line_of_a_frontmatter(
    head: str, line_end: str, sign: str, name: str
) -> None:
    line = 2 + head[: head.index("{")].count("\n")
    error = problem(fenced(f"{head.format(sign)} ").replace(b"\n", line_end.encode()))
    assert name in error.message
    assert sign not in error.message
    assert error.line == line


@pytest.mark.parametrize("sign", ["\r", "\x85", "\u2028", "\u2029"])
def test_line_separators_in_body_and_escapes_are_text(sign: str) -> None:
    data = fenced(f'title: "a\\u{ord(sign):04x}b"') + sign.encode()
    assert texts(data) == {"title": f"a{sign}b"}


@pytest.mark.parametrize("loader", ["CBaseLoader", "BaseLoader"])
@pytest.mark.parametrize(
    ("head", "line", "named"),
    [
        ("title: Docs: x", 2, "'title' ':"),
        ("title: a\nslug: see http: //x", 3, "'slug' ':"),
        ("title: Docs:", 2, "'title' ':'"),
        ("title: @a", 2, "'title' @"),
        ("title: `a`", 2, "'title' `"),
        ("title: %a", 2, "'title' %"),
        ("title: **a** b", 2, "'title' *"),
        ("title: * a", 2, "'title' *"),
        ("title: *a b", 2, "'title' *"),
        ("title: & a", 2, "'title' &"),
        ("title: !e!x a", 2, "'title' !"),
        ("title: | a | b |", 2, "'title' |"),
        ("title: > quoted", 2, "'title' >"),
        ("title: - a", 2, "'title' -"),
        ("title: ? a", 2, "'title' ?"),
        ("title: ] a", 2, "'title' ]"),
        ("title: } a", 2, "'title' }"),
        ("title: , a", 2, "'title' ,"),
        ("title: [x] more", 2, "'title' ["),
        ("title: [x more", 2, "'title' [ ]"),
        ("title: [x more\nstate: done\nlabels: [a]", 2, "'title' [ ]"),
        ("title: {x} more", 2, "'title' {"),
        ("title: {{x}}: a", 2, "'title' {"),
        ("title: {x", 2, "'title' { }"),
        ("labels: [@a, b]", 2, "'labels' @"),
        ('title: "a', 2, "'title' \""),
        ('title: "a\nslug: "b"', 2, "'title' \""),
        ('title: "a" b', 2, "'title' \""),
        ("title: 'It's fine'", 2, "'title' '"),
        ("title: 'a\nstate: done", 2, "'title' '"),
        ('title: "\\d+"', 2, "'title' \\d"),
        ('title: "C:\\Users\\x"', 2, "'title' \\U"),
        ("state:done\ntitle: a", 2, "'state'"),
        ("title: a\nstate:done", 3, "'state'"),
        ("title: a\nstate:done\nslug: b", 3, "'state'"),
        ("state:done", 2, "'state'"),
        ("title: a\nstate:\u00a0done", 3, "'state' U+00A0"),
        ("title: a\nstate\uff1adone", 3, "'state' \uff1a"),
        ("title: a\nwords alone\nslug: b", 3, "'words alone'"),
        ("title: a\n\tslug: b", 3, "tab"),
        ("meta:\n  a: b\n\tc: d", 4, "tab"),
        ("title: a\n  slug: b", 2, "'slug' 'title'"),
        (" title: a\nstate: b", 3, "'state'"),
        ("meta:\n  owner: @a", 3, "'owner' @"),
        ("labels:\n  - @a", 3, "'labels' @"),
        ("note: |\n  a: b: c\n  @d\ntitle: @a", 5, "'title' @"),
        ("note: 'a\n  b: @c'\ntitle: @a", 4, "'title' @"),
        ("x: [a,\n  b]\ny: {a: b}\nz: &z c\nw: *z\ntitle: @a", 7, "'title' @"),
        ('"a b": c\n? d\n: e\ntitle: @a', 5, "'title' @"),
    ],
)
def test_invalid_yaml_is_named_by_key_and_character(
    head: str, line: int, named: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_full, "_Loader", getattr(yaml, loader, yaml.BaseLoader))
    error = problem(fenced(head))
    assert_says(error.message, named)
    assert error.line == line


@settings(deadline=None)
@given(st.text(st.sampled_from("a:b -#'\"[]{}@%`*&!|>?,\\\n\t\u00a0\uff1a"), max_size=30))
def test_invalid_yaml_never_shows_a_parser_message(text: str) -> None:
    message = ""
    try:
        parse_document(fenced(f"title: {text}"))
    except SourceError as error:
        message = error.message
    theirs = ("expected", "mapping values", "while", "found", "could not", "did not")
    assert not any(word in message for word in theirs)


def test_too_long_frontmatter_names_the_limit() -> None:
    data = b"---\n" + b"# comment\n" * 7_000
    assert "64 KiB" in problem(data[: 64 * 1024]).message
    assert "64 KiB" not in problem(data[:1024]).message
