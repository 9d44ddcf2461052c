"""A second record in the text of the first, as where one file was appended to another."""

from __future__ import annotations

from yoi_relations.files.faults import Effect, Fault, FaultCode

_FENCE = "---"
_KEYS = ("kind:", "retires:")


def faults_of_second(body: str, first_line: int) -> list[Fault]:
    """What doctor says of a text that holds another record.

    Args:
        body: the text below the frontmatter.
        first_line: the number of its first line in the file.
    """
    if not any(f"\n{key}" in body for key in _KEYS):
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
    opened, has_key = None, False
    for number, line in enumerate(body.split("\n")):
        text = line.rstrip()
        if text == _FENCE and opened is not None and has_key:
            return opened
        if text.endswith(_FENCE):
            opened, has_key = number, False
        elif text.startswith(_KEYS):
            has_key = True
    return None
