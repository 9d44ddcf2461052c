"""Finds what makes a frontmatter invalid YAML: the key, and the characters that are the cause.

Parsers name where they stopped, each in another way. This module reads the lines from the top as
their author meant them, one ``key: value`` each, up to the first that YAML reads in another way.
"""

from __future__ import annotations

import re

from yoi_relations.files.source import SourceError
from yoi_relations.lean.types import NamedTuple

_SHOWN = 60
"""Characters of a key or a line that a message shows."""

_KEY = r"""("[^"\n]*"|'[^'\n]*'|[^\s"'\[\]{}#&*!|>%@`?,-][^\n]*?)"""
_ENTRY = re.compile(rf"( *)((?:- +)*)(?:{_KEY} *:(?:[ \t]+|$))?")
"""Indentation, dashes of lists, and a key with its colon."""
_LIKE_ENTRY = re.compile(r"[ \t]*([\w.-]+)[ \t]*([:\uff1a\ufe55])(.?)")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_SINGLE = re.compile(r"'(?:[^']|'')*+'")
_NO_ESCAPE = re.compile(
    r"\\\\|\\(?:x(?![0-9A-Fa-f]{2})|u(?![0-9A-Fa-f]{4})|U(?![0-9A-Fa-f]{8})"
    r"|u[Dd][89A-Fa-f]|U(?!000|0010)|[^0abtnvfre \"/\\N_LPxuU\t\n])"
)
_PROPERTY = re.compile(r"(?:&[\w-]+|!(?:![\w.:/-]+|[\w.:/-]*))(?=[ \t\n]|\Z)[ \t]*")
_SYNTAX = re.compile(r"[@`%&!|>]|\*(?![\w-]+[ \t]*(?:\n|\Z|[ \t]#))")
"""What is not text at the start of a value, or of a line that continues one."""
_SYNTAX_OF_VALUE = re.compile(r"[,\]}]|[-?:](?=[ \t\n]|\Z)")
"""What is not text at the start of a value on the line of its key."""
_HEADER = re.compile(r"[|>][-+0-9]{0,2}[ \t]*(?:\n|\Z|[ \t]#)")
_IN_BRACKETS = re.compile(
    r"""(?<=[\[{,:\s])(?:"(?:[^"\\]|\\.)*+"|'[^']*+')|[\[\]{}]|(?<=[ \n])\#[^\n]*""", re.DOTALL
)
_BAD_ITEM = re.compile(r"[\[{,]\s*([@`%])")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_COLON = re.compile(r":(?=[ \t]|$)")
_KEY_BELOW = re.compile(r"^[\w-]+:(?:[ \t]|$)", re.MULTILINE)
_CLOSING = {"[": "]", "{": "}"}


class _Entry(NamedTuple):
    """A line: spaces at its start, key without quotes, whether in a list, offset of its value."""

    indent: int
    key: str | None
    listed: bool
    value: int


def find_cause(text: str, last: int) -> tuple[str, int] | None:
    """Why a YAML parser refuses `text`, in its lines up to `last`; and the line. None if unknown.

    Lines are counted from 0.
    """
    at = line = 0
    above: _Entry | None = None
    root: int | None = None
    while at < len(text) and line <= last:
        end = _line_end(text, at)
        if _COMMENT.sub("", text[at:end]).strip():
            entry = _entry(text, at, end)
            root = entry.indent if root is None else root
            try:
                _check_layout(text[at:end], entry, above, root)
                key = entry.key or (above.key if above else None)
                of = "a value" if key is None else f"the value of {_name(key)}"
                end = _value_end(text, entry, of, end)
            except SourceError as error:
                return error.message, line
            if entry.key or above is None:
                above = entry
        line += text.count("\n", at, end + 1)
        at = end + 1
    return None


def _entry(text: str, at: int, end: int) -> _Entry:
    found = next(_ENTRY.finditer(text, at, end))
    key = found[3].strip("\"'") if found[3] else None
    return _Entry(len(found[1]), key, listed=bool(found[2]), value=found.end())


def _check_layout(line: str, entry: _Entry, above: _Entry | None, root: int) -> None:
    """Refuse what is wrong with the start of a line."""
    if line.lstrip(" ").startswith("\t"):
        raise SourceError("YAML allows no tab at the start of a line")
    if entry.key and entry.indent < root:
        raise SourceError(f"the line of {_name(entry.key)} starts further left than the first line")
    if entry.key or entry.listed or entry.indent > root or line.lstrip()[0] in "\"'[{?&!*:":
        return
    if above is not None or ":" in line or "\uff1a" in line:
        raise SourceError(_no_entry(line))


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


def _value_end(text: str, entry: _Entry, of: str, end: int) -> int:
    """The end of the last line of a value, which messages call `of`; a bad one is refused.

    `end` is the end of its first line.
    """
    at = entry.value
    while found := _PROPERTY.match(text, at):
        at = found.end()
    first = text[at : at + 1]
    if first in ('"', "'"):
        return _quoted_end(text, at, of, in_key=entry.key is None)
    if first in ("[", "{"):
        return _bracketed_end(text, at, of)
    if _HEADER.match(text, at):
        # A block of text ends before a line that is neither indented nor empty.
        block = re.compile(rf"(?:\n(?: {{{entry.indent + 1}}}.*|[^\S\n]*$))*", re.MULTILINE)
        return next(block.finditer(text, end)).end()
    if _SYNTAX.match(text, at) or (entry.key is not None and _SYNTAX_OF_VALUE.match(text, at)):
        raise SourceError(f"{of} begins with {first}, so it needs quotes")
    bare = _COMMENT.sub("", text[at:end])
    if entry.key is not None and (colon := _COLON.search(bare)):
        where = "': ' in it" if colon.end() < len(bare.rstrip()) else "':' at its end"
        raise SourceError(f"{of} has {where}, so it needs quotes")
    if bare.strip() and entry.key and not entry.listed:
        below = _entry(text, end + 1, _line_end(text, end + 1))
        if below.key is not None and below.indent > entry.indent:
            names = f"{_name(below.key)} is indented below {_name(entry.key)}"
            raise SourceError(f"{names}, which has a value")
    return end


def _quoted_end(text: str, at: int, of: str, *, in_key: bool) -> int:
    quote = text[at]
    found = (_DOUBLE if quote == '"' else _SINGLE).match(text, at)
    if found is None:
        raise SourceError(f"{of} begins with {quote}, and no {quote} closes it")
    escapes = _NO_ESCAPE.findall(found[0]) if quote == '"' else []
    for escape in filter(r"\\".__ne__, escapes):
        message = f"{of} has the escape {escape}, which YAML does not have"
        raise SourceError(f"{message}; a backslash is written \\\\")
    end = _line_end(text, found.end())
    rest = text[found.end() : end]
    if not _COMMENT.sub("", rest).strip() or (in_key and rest.lstrip().startswith((":", ","))):
        return end
    if "\n" in found[0] and _KEY_BELOW.search(found[0]):
        raise SourceError(f"{of} begins with {quote}, and no {quote} closes it in its line")
    written = "''" if quote == "'" else '\\"'
    message = f"{of} goes on after its closing {quote}: put all of it in quotes"
    raise SourceError(f"{message}; inside them, {quote} is written {written}")


def _bracketed_end(text: str, at: int, of: str) -> int:
    opening = text[at]
    closed = _closed_at(text, at)
    if closed is None or _KEY_BELOW.search(text, at, closed):
        raise SourceError(f"{of} begins with {opening}, and no {_CLOSING[opening]} closes it")
    if bad := _BAD_ITEM.search(text, at, closed):
        raise SourceError(f"{of} has an entry that begins with {bad[1]}, so it needs quotes")
    end = _line_end(text, closed)
    if _COMMENT.sub("", text[closed:end]).strip():
        message = f"{of} begins with {opening} and goes on after its {_CLOSING[opening]}"
        raise SourceError(f"{message}, so it needs quotes")
    return end


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


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _name(written: str) -> str:
    return f"'{written[:_SHOWN]}{'…' if len(written) > _SHOWN else ''}'"
