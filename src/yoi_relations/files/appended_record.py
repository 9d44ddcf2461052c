"""A second record in the text of the first, as where one file was appended to another."""

from __future__ import annotations

from yoi_relations.files.source import Effect, Fault, FaultCode

_FENCE = "---"
_KEYS = (("kind:", "retires:"), ("at:", "retired_at:"))
"""What each record and each retirement has: one key of each group."""


def faults_of_second(body: str, first_line: int) -> list[Fault]:
    """What doctor says of a text that holds another record.

    Args:
        body: the text below the frontmatter.
        first_line: the number of its first line in the file.
    """
    if not all(any(f"\n{key}" in body for key in group) for group in _KEYS):
        return []
    line = _second_frontmatter(body)
    if line is None:
        return []
    said = "holds a second record in its text, which counts only as text"
    return [Fault(said, Effect.ADVICE, first_line + line, FaultCode.SECOND_RECORD)]


def _second_frontmatter(body: str) -> int | None:
    """The line, counted from 0, that opens a frontmatter within the text.

    The line before it may have had no end when the other file was appended.
    """
    opened: int | None = None
    missing = set(_KEYS)
    for number, line in enumerate(body.split("\n")):
        text = line.rstrip()
        if text == _FENCE and opened is not None and not missing:
            return opened
        if text.endswith(_FENCE):
            opened, missing = number, set(_KEYS)
        else:
            missing = {group for group in missing if not text.startswith(group)}
    return None
