"""Finds what makes a frontmatter invalid YAML: the key, and the characters that are the cause.

The messages of parsers name where they stopped, and differ between parsers and versions. This
module reads the lines from the top as their author meant them, one ``key: value`` each, and stops
at the first line that YAML reads in another way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from yoi_relations.lean.types import NamedTuple

_SHOWN = 60
"""Characters of a key or a line that a message shows."""

_KEY = r"""("[^"\n]*"|'[^'\n]*'|[^\s"'\[\]{}#&*!|>%@`?,-][^\n]*?)"""
_ENTRY = re.compile(rf"( *)((?:- +)*)(?:{_KEY} *:(?:[ \t]+|$))?")
"""Indentation, dashes of lists, and a key with its colon."""
_LIKE_ENTRY = re.compile(r"[ \t]*([\w.-]+)[ \t]*([:\uff1a\ufe55])(.?)")
_TAB = re.compile(r" *\t")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_SINGLE = re.compile(r"'(?:[^']|'')*+'")
_NO_ESCAPE = re.compile(
    r"\\\\|\\(?:x(?![0-9A-Fa-f]{2})|u(?![0-9A-Fa-f]{4})|U(?![0-9A-Fa-f]{8})"
    r"|u[Dd][89A-Fa-f]|U(?!000|0010)|[^0abtnvfre \"/\\N_LPxuU\t\n])"
)
_PROPERTY = re.compile(r"(?:&[\w-]+|!(?:![\w.:/-]+|[\w.:/-]*))(?=[ \t\n]|\Z)[ \t]*")
_ALIAS = re.compile(r"\*[\w-]+[ \t]*(?:\n|\Z|[ \t]#)")
_HEADER = re.compile(r"[|>][-+0-9]{0,2}[ \t]*(?:\n|\Z|[ \t]#)")
_IN_BRACKETS = re.compile(
    r"""(?<=[\[{,:\s])(?:"(?:[^"\\]|\\.)*+"|'[^']*+')|[\[\]{}]|(?<=[ \n])\#[^\n]*""", re.DOTALL
)
_BAD_ITEM = re.compile(r"[\[{,]\s*([@`%])")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_COLON = re.compile(r":(?=[ \t]|$)")
_KEY_BELOW = re.compile(r"^[\w-]+:(?:[ \t]|$)", re.MULTILINE)
_CLOSING = {"[": "]", "{": "}"}


class Cause(NamedTuple):
    """Why a frontmatter is not YAML, and in which line, counted from 0."""

    message: str
    line: int


class _Entry(NamedTuple):
    """The parts of one line.

    Attributes:
        indent: number of spaces at its start.
        key: without quotes, or None if it has none.
        listed: whether it is an item of a list.
        value: offset of the value in the text.
    """

    indent: int
    key: str | None
    listed: bool
    value: int


def find_cause(text: str, last: int) -> Cause | None:
    """The first cause for a YAML parser to refuse `text`, in its lines up to `last`; or None."""
    at = line = 0
    above: _Entry | None = None
    root: int | None = None
    while at < len(text) and line <= last:
        end = _line_end(text, at)
        if _COMMENT.sub("", text[at:end]).strip():
            entry = _entry(text, at, end)
            root = entry.indent if root is None else root
            cause = _in_layout(text[at:end], entry, above, root)
            if cause:
                return Cause(cause, line)
            key = entry.key or (above.key if above else None)
            cause, end = _in_value(text, entry, key, end)
            if cause:
                return Cause(cause, line)
            if entry.key or above is None:
                above = entry
        line += text.count("\n", at, end + 1)
        at = end + 1
    return None


def _entry(text: str, at: int, end: int) -> _Entry:
    found = _ENTRY.match(text[at:end])
    if found is None:  # cannot happen: it matches the empty text
        return _Entry(0, None, listed=False, value=at)
    key = found[3].strip("\"'") if found[3] else None
    return _Entry(len(found[1]), key, listed=bool(found[2]), value=at + found.end())


def _in_layout(line: str, entry: _Entry, above: _Entry | None, root: int) -> str | None:
    """What is wrong with the start of a line, or None."""
    if _TAB.match(line):
        return "YAML allows no tab at the start of a line"
    if entry.key and entry.indent < root:
        return f"the line of {_name(entry.key)} starts further left than the first line"
    if entry.key or entry.listed or entry.indent > root or line.lstrip()[0] in "\"'[{?&!*:":
        return None
    return _no_entry(line) if above is not None or ":" in line or "\uff1a" in line else None


def _no_entry(line: str) -> str:
    """What is wrong with a line without a key."""
    found = _LIKE_ENTRY.match(line)
    if found is None:
        first = line.lstrip()[0]
        if first in "@`%|>":
            return f"a line begins with {first}"
        return f"{_name(line.strip())} is not a 'key: value' line: it has no ': '"
    key, colon, after = found.groups()
    if colon != ":":
        return f"{_name(key)} is followed by {colon} (U+{ord(colon):04X}) instead of ': '"
    if after.isspace():
        return f"{_name(key)} has U+{ord(after):04X} after its colon instead of a blank"
    return f"{_name(key)} has no blank after its colon"


def _in_value(text: str, entry: _Entry, key: str | None, end: int) -> tuple[str | None, int]:
    """What is wrong with the value of a line, or None; and the end of its last line."""
    at = entry.value
    while found := _PROPERTY.match(text, at):
        at = found.end()
    first, of = text[at : at + 1] if at < end else "", _of(key)
    if first in ('"', "'"):
        return _in_quotes(text, at, of, in_key=entry.key is None)
    if first in ("[", "{"):
        return _in_brackets(text, at, of)
    if first in ("|", ">") and _HEADER.match(text, at):
        return None, _block_end(text, end, entry.indent)
    if _starts_other_syntax(text, at, first, is_value=entry.key is not None):
        return f"{of} begins with {first}, so it needs quotes", end
    bare = _COMMENT.sub("", text[at:end])
    if entry.key is not None and (colon := _COLON.search(bare)):
        where = "': ' in it" if colon.end() < len(bare.rstrip()) else "':' at its end"
        return f"{of} has {where}, so it needs quotes", end
    return _in_next_line(text, entry, end) if bare.strip() and entry.key else None, end


def _starts_other_syntax(text: str, at: int, first: str, *, is_value: bool) -> bool:
    """Whether YAML reads the character at an offset as syntax, not as text."""
    if first == "*":
        return not _ALIAS.match(text, at)
    if first and first in "@`%&!|>":
        return True
    if first and first in ",]}":
        return is_value
    return is_value and first in ("-", "?", ":") and text[at + 1 : at + 2] in ("", " ", "\t", "\n")


def _in_next_line(text: str, entry: _Entry, end: int) -> str | None:
    """What is wrong if the next line continues a value with a key of its own; or None."""
    after = _line_end(text, end + 1)
    below = _entry(text, end + 1, after)
    if below.key is None or below.indent <= entry.indent or entry.listed:
        return None
    return f"{_name(below.key)} is indented below {_name(entry.key or '')}, which has a value"


def _in_quotes(text: str, at: int, of: str, *, in_key: bool) -> tuple[str | None, int]:
    quote = text[at]
    found = (_DOUBLE if quote == '"' else _SINGLE).match(text, at)
    if found is None:
        return f"{of} begins with {quote}, and no {quote} closes it", len(text)
    if quote == '"':
        for escape in _NO_ESCAPE.finditer(found[0]):
            if escape[0] != "\\\\":
                message = f"{of} has the escape {escape[0]}, which YAML does not have"
                return f"{message}; a backslash is written \\\\", len(text)
    end = _line_end(text, found.end())
    rest = text[found.end() : end]
    if not _COMMENT.sub("", rest).strip() or (in_key and rest.lstrip().startswith((":", ","))):
        return None, end
    if "\n" in found[0] and _KEY_BELOW.search(found[0]):
        return f"{of} begins with {quote}, and no {quote} closes it in its line", len(text)
    written = "''" if quote == "'" else '\\"'
    message = f"{of} goes on after its closing {quote}: put all of it in quotes"
    return f"{message}; inside them, {quote} is written {written}", len(text)


def _in_brackets(text: str, at: int, of: str) -> tuple[str | None, int]:
    opening = text[at]
    closed = _closed_at(text, at)
    if closed is None or _KEY_BELOW.search(text, at, closed):
        return f"{of} begins with {opening}, and no {_CLOSING[opening]} closes it", len(text)
    if bad := _BAD_ITEM.search(text, at, closed):
        return f"{of} has an entry that begins with {bad[1]}, so it needs quotes", len(text)
    end = _line_end(text, closed)
    if not _COMMENT.sub("", text[closed:end]).strip():
        return None, end
    message = f"{of} begins with {opening} and goes on after its {_CLOSING[opening]}"
    return f"{message}, so it needs quotes", len(text)


def _closed_at(text: str, at: int) -> int | None:
    """The offset after the bracket that closes the one at `at`; None if nothing closes it."""
    missing: list[str] = []
    for token in _IN_BRACKETS.finditer(text, at):
        if token[0] in _CLOSING:
            missing.append(_CLOSING[token[0]])
        elif token[0] in _CLOSING.values() and token[0] != missing.pop():
            return None
        if not missing:
            return token.end()
    return None


def _block_end(text: str, end: int, indent: int) -> int:
    """The end of the block of text after a ``|`` or ``>``: lines that are indented or empty."""
    for start, stop in _lines_from(text, end + 1):
        line = text[start:stop]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
            return end
        end = stop
    return end


def _lines_from(text: str, at: int) -> Iterator[tuple[int, int]]:
    while at < len(text):
        end = _line_end(text, at)
        yield at, end
        at = end + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _of(key: str | None) -> str:
    return "a value" if key is None else f"the value of {_name(key)}"


def _name(written: str) -> str:
    return f"'{written[:_SHOWN]}{'…' if len(written) > _SHOWN else ''}'"
