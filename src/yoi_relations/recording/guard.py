"""Keeps out of records what does not belong into git: secrets, and claims about what runs now.

A guard against mistakes, not against intent: each row of `ROWS` knows the shape of one thing, and
prose about such things passes. The shapes obey two rules. What a shape *matches* may be shown; a
secret is only looked ahead at, so no message can hold it. And whatever repeats has an upper bound,
so no text takes more than a time proportional to its length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from yoi_relations.errors import UsageError
from yoi_relations.files.record import NOTE_LIMIT
from yoi_relations.recording.guard_patterns import (
    AT_WORK,
    BEHIND_NUMBERS,
    DIGIT_SOON,
    HOLDS,
    HOST,
    IN_PATH,
    IPV4,
    IS,
    PATH_STARTS,
    QUOTE,
    THE_WORK,
    TICKET,
    ULID,
    UNTIL,
)
from yoi_relations.recording.guard_rows import row_of
from yoi_relations.recording.guard_secrets import SECRETS

_SHOWN = 60
"""Characters of a match that a message shows."""

_SOCKET = "name the service, or the setting that holds the path"
_RUNNING = "name the ticket or the branch; who works on it now is the runtime's to know"
_PLACE = "name the service or its URL; where it runs now is the runtime's to know"


ROWS = (
    *SECRETS,
    row_of(
        "a socket path",
        _SOCKET,
        # The kernel takes no longer path for a socket.
        rf"{PATH_STARTS}~?/(?!/){IN_PATH}{{0,107}}?\.sock\b(?![\w/-])",
        rf"{PATH_STARTS}(?:/var)?/(?:run|tmp)/{IN_PATH}{{1,99}}?\.socket\b(?![\w/-])",
        rf"\bunix:/{{1,3}}[\w.]{IN_PATH}{{0,107}}",
    ),
    row_of(
        "a path of what runs now",
        _SOCKET,
        rf"{PATH_STARTS}/run/user/[0-9]{{1,10}}/{IN_PATH}{{1,107}}",
        rf"{PATH_STARTS}/proc/[0-9]{{2,10}}\b",
    ),
    row_of(
        "a process id",
        _RUNNING,
        rf"(?i:\b(?:p?pids?|process[\s_-](?:id|number))\b{QUOTE}"
        rf"(?:\sof\s[\w -]{{1,24}}[:=]\s?|{IS}?(?:is\s|was\s)?(?:now\s)?))"
        rf"{QUOTE}[0-9]{{2,7}}\b",
        r"(?i:\b(?:as|by)\sprocess\s|\bprocess\s#)[0-9]{2,7}\b",
        r"(?i:\bprocess\s[0-9]{2,7}\s(?:holds|has|is|was|owns|runs|keeps|exited|died)\b)",
        r"\bkill\s-[A-Z0-9]{1,8}\s[0-9]{2,7}\b",
    ),
    row_of(
        "a session's id",
        _RUNNING,
        rf"(?i:\bsession(?:[\s_-]?id)?{QUOTE}{IS}(?:is\s)?{QUOTE})(?:"
        rf"(?=[0-9a-f]{{8}}-[0-9a-f]{{4}}-)|(?=ses[a-z]{{0,4}}[_-]{DIGIT_SOON}\w{{6}})|(?={ULID})"
        r"|(?=[a-f]{0,40}[0-9])(?=[0-9]{0,40}[a-f])(?=[0-9a-f]{8}))",
        rf"(?i:\bsession[\s_-]?id{QUOTE}\s{{0,2}}[:\uff1a=#]\s{{0,2}}{QUOTE})"
        rf"(?!{TICKET}|(?i:[0-9]{{1,4}}-?(?:bit|byte|char)|uuid|u?int|string))"
        r"(?=[A-Za-z_-]{0,40}[0-9])(?=[\w-]{4})",
        rf"(?i:\bsession\s){QUOTE}(?!{TICKET})(?=#?[A-Za-z_-]{{0,40}}[0-9])"
        rf"(?=#?[\w-]{{2,40}}+{QUOTE}\s(?:holds|owns|claim(?:s|ed)|is\sworking)\b)",
        r"\bsess?_(?=[A-Za-z]{0,20}[0-9])(?=[A-Za-z0-9]{8})",
    ),
    row_of(
        "a claim of somebody at work",
        _RUNNING,
        r"(?i:\b(?:claimed|taken)\sby\s(?:this|my)\ssession\b)",
        rf"(?i:{HOLDS}\sby\s(?:the\s|an?\s)?(?:session|worker|agent|pod|runner|coder|daemon)"
        rf"[\s#:_-]{{1,2}}){QUOTE}(?!{TICKET})(?=[A-Za-z_.-]{{0,40}}[0-9])[\w.-]{{1,8}}",
    ),
    row_of(
        "a lease",
        _RUNNING,
        rf"(?i:\blease[\s_-](?:id|token)\b{QUOTE}{IS}){QUOTE}"
        r"(?=[A-Za-z_-]{0,40}[0-9])(?=[\w-]{3})",
        rf"(?i:(?:\b(?:leased?|claimed)|{HOLDS}\s(?:by|for|to)\s(?:the\s|an?\s)?{AT_WORK}"
        rf"|{THE_WORK}(?:held|locked|owned|reserved|taken))\b{UNTIL})",
        r"\b[Ll]ease\s(?=[a-f]{0,20}[0-9])(?=[0-9]{0,20}[a-f])(?=[0-9a-f]{6})",
    ),
    row_of(
        "a host",
        _PLACE,
        rf"(?i:\bon\s(?:the\s)?(?:host|machine|node|server|vm)\s){HOST}",
        rf"(?i:\bhost(?:name)?{QUOTE}\s{{0,2}}[:=]\s{{0,2}})(?={QUOTE}\w{{1,60}}[.-]){HOST}",
        r"(?i:\b(?:runs|running|hosted)\son\s)[A-Za-z0-9-]{1,60}\.(?:internal|lan|local)\b",
        # Without a port it may be a version, unless it is of a private network.
        rf"(?<![\w.:/@\[-]){IPV4}:[0-9]{{2,5}}\b",
        rf"(?i:{BEHIND_NUMBERS}\b(?:on|at|ssh|(?:{HOLDS}|\b(?:run|hosted|served|started|used))"
        rf"\sby)\s)(?:[\w-]{{1,32}}@)?(?=10\.|172\.|192\.168\.){IPV4}\b",
    ),
    row_of(
        "a path of this machine",
        "name it relative to the workspace root",
        r"^(?:(?i:file:)|[/~]|[A-Za-z]:[/\\]).{0,1024}",
        field="worktree",
    ),
)


def check_durable(fields: Mapping[str, str | None]) -> None:
    """Refuse the texts of a record, by the name of their field, if one holds what `ROWS` name.

    Raises:
        UsageError: it says which field, what it holds, and how to say it instead; no secret.
    """
    for name, text in fields.items():
        for row in ROWS:
            if text is None or row.field not in (None, name):
                continue
            bare = text.strip()[:NOTE_LIMIT]  # no more than that can be recorded
            # In ASCII, a word ends where Japanese begins.
            if found := re.search(row.shape, bare, re.ASCII):
                shown = " ".join(found[0][:_SHOWN].split())
                cut = len(found[0]) > _SHOWN or bare[found.end() :][:1].isalnum()
                raise UsageError(f"the {name} holds {row.what}: {shown}{'…' * cut}", row.instead)
