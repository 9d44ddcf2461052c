"""Patterns of claims about what runs now: processes, sessions, leases, hosts and their paths."""

from __future__ import annotations

from functools import partial

from yoi_relations.recording.guard_fragments import (
    DIGIT_AHEAD,
    HOLDS,
    HOST,
    IN_PATH,
    IPV4,
    IS,
    NOT_A_SECTION,
    PATH_STARTS,
    QUOTE,
    TICKET,
    ULID,
    UNTIL,
    WORK_ITEM,
    WORKER,
)
from yoi_relations.recording.guard_pattern import guard_pattern

_socket = partial(guard_pattern, "name the service, or the setting that holds the path")
_worker = partial(
    guard_pattern, "name the ticket or the branch; the runtime tracks who works on it now"
)
_place = partial(guard_pattern, "name the service or its URL; the runtime tracks where it runs now")

RUNTIME_CLAIMS = (
    _socket(
        "a socket path",
        # The kernel takes no longer path for a socket.
        rf"{PATH_STARTS}~?/(?!/){IN_PATH}{{0,107}}?\.sock\b(?![\w/-])",
        rf"{PATH_STARTS}(?:/var)?/(?:run|tmp)/{IN_PATH}{{1,99}}?\.socket\b(?![\w/-])",
        rf"\bunix:/{{1,3}}[\w.]{IN_PATH}{{0,107}}",
    ),
    _socket(
        "a runtime path",
        rf"{PATH_STARTS}/run/user/[0-9]{{1,10}}/{IN_PATH}{{1,107}}",
        rf"{PATH_STARTS}/proc/[0-9]{{2,10}}\b",
    ),
    _worker(
        "a process id",
        rf"(?i:\b(?:p?pids?|process[\s_-](?:id|number))\b{QUOTE}"
        rf"(?:\sof\s[\w -]{{1,24}}[:=]\s?|{IS}?(?:is\s|was\s)?(?:now\s)?))"
        rf"{QUOTE}[0-9]{{2,7}}\b",
        r"(?i:\b(?:as|by)\sprocess\s|\bprocess\s#)[0-9]{2,7}\b",
        r"(?i:\bprocess\s[0-9]{2,7}\s(?:holds|has|is|was|owns|runs|keeps|exited|died)\b)",
        r"\bkill\s-[A-Z0-9]{1,8}\s[0-9]{2,7}\b",
    ),
    _worker(
        "a session id",
        rf"(?i:\bsession(?:[\s_-]?id)?{QUOTE}{IS}(?:is\s)?{QUOTE})(?:"
        rf"(?=[0-9a-f]{{8}}-[0-9a-f]{{4}}-)|(?=ses[a-z]{{0,4}}[_-]{DIGIT_AHEAD}\w{{6}})|(?={ULID})"
        r"|(?=[a-f]{0,40}[0-9])(?=[0-9]{0,40}[a-f])(?=[0-9a-f]{8}))",
        rf"(?i:\bsession[\s_-]?id{QUOTE}\s{{0,2}}[:\uff1a=#]\s{{0,2}}{QUOTE})"
        rf"(?!{TICKET}|(?i:[0-9]{{1,4}}-?(?:bit|byte|char)|uuid|u?int|string))"
        r"(?=[A-Za-z_-]{0,40}[0-9])(?=[\w-]{4})",
        rf"(?i:\bsession\s){QUOTE}(?!{TICKET})(?=#?[A-Za-z_-]{{0,40}}[0-9])"
        rf"(?=#?[\w-]{{2,40}}+{QUOTE}\s(?:holds|owns|claim(?:s|ed)|is\sworking)\b)",
        r"\bsess?_(?=[A-Za-z]{0,20}[0-9])(?=[A-Za-z0-9]{8})",
    ),
    _worker(
        "a claim by a worker",
        r"(?i:\b(?:claimed|taken)\sby\s(?:this|my)\ssession\b)",
        rf"(?i:{HOLDS}\sby\s(?:the\s|an?\s)?(?:session|worker|agent|pod|runner|coder|daemon)"
        rf"[\s#:_-]{{1,2}}){QUOTE}(?!{TICKET})(?=[A-Za-z_.-]{{0,40}}[0-9])[\w.-]{{1,8}}",
    ),
    _worker(
        "a lease",
        rf"(?i:\blease[\s_-](?:id|token)\b{QUOTE}{IS}){QUOTE}"
        r"(?=[A-Za-z_-]{0,40}[0-9])(?=[\w-]{3})",
        rf"(?i:(?:\b(?:leased?|claimed)|{HOLDS}\s(?:by|for|to)\s(?:the\s|an?\s)?{WORKER}"
        rf"|{WORK_ITEM}(?:held|locked|owned|reserved|taken))\b{UNTIL})",
        r"\b[Ll]ease\s(?=[a-f]{0,20}[0-9])(?=[0-9]{0,20}[a-f])(?=[0-9a-f]{6})",
    ),
    _place(
        "a host",
        rf"(?i:\bon\s(?:the\s)?(?:host|machine|node|server|vm)\s){HOST}",
        rf"(?i:\bhost(?:name)?{QUOTE}\s{{0,2}}[:=]\s{{0,2}})(?={QUOTE}\w{{1,60}}[.-]){HOST}",
        r"(?i:\b(?:runs|running|hosted)\son\s)[A-Za-z0-9-]{1,60}\.(?:internal|lan|local)\b",
        # Without a port it may be a version, unless it is of a private network.
        rf"(?<![\w.:/@\[-]){IPV4}:[0-9]{{2,5}}\b",
        rf"(?i:{NOT_A_SECTION}\b(?:on|at|ssh|(?:{HOLDS}|\b(?:run|hosted|served|started|used))"
        rf"\sby)\s)(?:[\w-]{{1,32}}@)?(?=10\.|172\.|192\.168\.){IPV4}\b",
    ),
    guard_pattern(
        "name it relative to the workspace root, or to the home folder in general: ~/...",
        "a path in a home folder",
        rf"{PATH_STARTS}/(?:home|Users)/(?!(?i:name|me|user(?:name)?|you)/)[\w.-]{{1,32}}/"
        rf"{IN_PATH}{{1,107}}",
        r"\b[A-Za-z]:[/\\]Users[/\\](?!(?i:name|me|user(?:name)?|you|public)[/\\])"
        r"[\w .-]{1,32}[/\\][\w.-]",
    ),
    guard_pattern(
        "name it relative to the workspace root",
        "a path of this machine",
        r"^(?:(?i:file:)|[/~]|[A-Za-z]:[/\\]).{0,1024}",
        field="worktree",
    ),
)
"""The patterns of what is only true while something runs."""
