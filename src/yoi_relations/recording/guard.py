"""Keeps secrets, and claims about what runs now, out of records: records go into git.

The guard prevents mistakes, not intent. Each of `PATTERNS` knows one kind of text, and prose about
it passes. The patterns follow two rules:

* Messages may show what a pattern *matches*. A secret is only matched by a lookahead, so that no
  message can show it.
* Every repetition has an upper bound, so that the time is proportional to the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from yoi_relations.errors import UsageError
from yoi_relations.files.record import NOTE_LIMIT
from yoi_relations.recording.guard_claims import RUNTIME_CLAIMS
from yoi_relations.recording.guard_secrets import SECRETS

_SHOWN = 60
"""The most characters of a match that a message shows."""

PATTERNS = (*SECRETS, *RUNTIME_CLAIMS)


def check_durable(fields: Mapping[str, str | None]) -> None:
    """Refuse texts of a record, by the names of their fields, if one of them matches a pattern.

    Raises:
        UsageError: a text matches; the message names the field and shows no secret.
    """
    for name, text in fields.items():
        for pattern in PATTERNS:
            if text is None or pattern.field not in (None, name):
                continue
            bare = text.strip()[:NOTE_LIMIT]  # longer texts are refused elsewhere
            # In ASCII, a word ends where Japanese begins.
            if found := re.search(pattern.regex, bare, re.ASCII):
                shown = " ".join(found[0][:_SHOWN].split())
                cut = len(found[0]) > _SHOWN or bare[found.end() :][:1].isalnum()
                raise UsageError(
                    f"the {name} holds {pattern.name}: {shown}{'…' * cut}", pattern.advice
                )
