"""Cuts and folds text by the columns that it takes on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from rich.cells import cell_len

_JOINER = "\u200d"
_NEVER_FIRST = frozenset(
    "\u3001\u3002\uff0c\uff0e\u30fb\uff1a\uff1b\uff1f\uff01\u30fc\uff09\u300d\u300f\u3011\u3015\u3005\u3041\u3043\u3045\u3047"
    "\u3049\u3063\u3083\u3085\u3087\u30a1\u30a3\u30a5\u30a7\u30a9\u30c3\u30e3\u30e5\u30e7"
)
"""Japanese signs that do not start a line: stops, closing brackets, marks and small kana."""
_NEVER_LAST = frozenset("\uff08\u300c\u300e\u3010\u3014")
"""Japanese opening brackets, which do not end a line."""


def cut(text: str, columns: int, ellipsis: str) -> str:
    """`text` in `columns`, of which there is one at least; `ellipsis` ends it if it is cut."""
    if cell_len(text) <= columns:
        return text
    kept, left = "", columns - cell_len(ellipsis)
    for cluster in _clusters(text):
        left -= cell_len(cluster)
        if left < 0:
            break
        kept += cluster
    return f"{kept.rstrip()}{ellipsis}"


def fold(text: str, columns: int, *, first: int | None = None) -> list[str]:
    """The lines of `text` in `columns`; see `fold_spans`."""
    return [text[start:end] for start, end in fold_spans(text, columns, first=first)]


def fold_spans(
    text: str, columns: int, *, first: int | None = None, whole_words: bool = False
) -> list[tuple[int, int]]:
    """Where the lines of `text` start and end, if it is broken at spaces and wide characters.

    Any other word is broken only if it does not fit on a line.

    Args:
        text: one line.
        columns: columns of a line, at least 2.
        first: columns of the first line, if that has others; it can be too few for any word.
        whole_words: whether a word that does not fit on a line makes it wider instead.
    """
    spans = []
    start = end = position = 0  # of the line so far, without spaces at its end
    room = columns if first is None else first
    for piece in _pieces(text):
        word_end = position + len(piece.rstrip(" "))
        if cell_len(text[start:word_end]) > room:
            if end > start or first is not None:
                spans.append((start, end))
            room, first = columns, None
            starts = [position] if whole_words else _hard_breaks(text, position, word_end, columns)
            spans += pairwise(starts)
            start = starts[-1]
        end = word_end
        position += len(piece)
    return [*spans, (start, end)]


def _hard_breaks(text: str, start: int, end: int, columns: int) -> list[int]:
    """Where the lines start if `text` between two offsets is broken anywhere."""
    starts, position = [start], start
    for cluster in _clusters(text[start:end]):
        if cell_len(text[starts[-1] : position + len(cluster)]) > columns:
            starts.append(position)
        position += len(cluster)
    return starts


def _pieces(text: str) -> Iterator[str]:
    """The parts of `text` between which a line can be broken, each with the spaces after it."""
    piece = ""
    before = ""
    for cluster in _clusters(text):
        if piece and _may_break(before, cluster):
            yield piece
            piece = ""
        piece += cluster
        before = cluster
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after == " " or before[0] in _NEVER_LAST or after[0] in _NEVER_FIRST:
        return False
    return before == " " or cell_len(before) > 1 or cell_len(after) > 1


def _clusters(text: str) -> Iterator[str]:
    """The characters of `text`, each with the marks of no width that belong to it."""
    cluster = ""
    for character in text:
        joined = cell_len(character) == 0 or cluster.endswith(_JOINER)
        if cluster and not joined:
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster
