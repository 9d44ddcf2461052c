"""Finds a second record in the text of a record, as after one file was appended to another."""

from __future__ import annotations

from yoi_relations.files.source import Effect, Fault, FaultCode

_FENCE = "---"
_KEYS = (("kind:", "retires:"), ("at:", "retired_at:"))
"""Groups of keys: every record and every retirement has one key of each group."""


def second_record_faults(body: str, first_line: int) -> list[Fault]:
    """The fault of a text that contains another record, for doctor; empty if it does not.

    `body` is the text below the frontmatter, and starts on `first_line` of the file.
    """
    if not all(any(f"\n{key}" in body for key in group) for group in _KEYS):
        return []
    opened: int | None = None
    missing = set(_KEYS)
    # The opening fence may follow other text, if the first file did not end with a line end.
    for number, line in enumerate(body.split("\n"), first_line):
        text = line.rstrip()
        if text == _FENCE and opened is not None and not missing:
            message = "holds a second record in its text, which counts only as text"
            return [Fault(message, Effect.ADVICE, opened, FaultCode.SECOND_RECORD)]
        if text.endswith(_FENCE):
            opened, missing = number, set(_KEYS)
        else:
            missing = {group for group in missing if not text.startswith(group)}
    return []
