"""Finds a second record in the text of a record, as after one file was appended to another."""

from __future__ import annotations

from yoi_relations.files.source import Effect, Fault, FaultCode

_FENCE = "---"
_KEYS = (("kind:", "retires:"), ("at:", "retired_at:"))
"""Groups of keys: every record and every retirement has one key of each group."""


def second_record_faults(body: str, first_line: int) -> list[Fault]:
    """The fault of a text that contains another record, for doctor; empty if it does not.

    Args:
        body: the text below the frontmatter.
        first_line: number of the first line of `body` in the file.
    """
    if not all(any(f"\n{key}" in body for key in group) for group in _KEYS):
        return []
    line = _second_frontmatter(body)
    if line is None:
        return []
    message = "holds a second record in its text, which counts only as text"
    return [Fault(message, Effect.ADVICE, first_line + line, FaultCode.SECOND_RECORD)]


def _second_frontmatter(body: str) -> int | None:
    """The line, counted from 0, on which a frontmatter starts in the text; or None.

    Its opening fence may follow other text, if the first file did not end with a line end.
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
