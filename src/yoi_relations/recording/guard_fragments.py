"""Fragments of regular expressions for the patterns of the guard; every repetition is bounded."""

from __future__ import annotations

from yoi_relations.files import ids

QUOTE = "[\"'`]?"
IS = r"(?:\s|\s?[:\uff1a=#]\s?)"
"""Between a name and its value; includes the full-width colon of Japanese."""
PLACEHOLDER = rf"{QUOTE}(?:[$<{{\[*…%]|\.\.|x{{3}}|(?:redacted|hidden|masked)\b)"
"""A placeholder for a secret: `$PASSWORD`, `<redacted>`, `***`."""
NOT_A_PASSWORD = (
    rf"(?:{PLACEHOLDER}|{QUOTE}(?:see|none|null|nil|true|false|required|optional|unset|empty|"
    r"string|str|(?:[a-z]{1,20}_){0,3}(?:pass(?:wd|word)?|pwd|pw)|prompt|env|vault|file|keyring|"
    r"argon2\w{0,2}|bcrypt|scrypt|pbkdf2|sha-?[0-9]{1,3}|oauth2?)\b)"
)
"""A word of prose or code where a password could be: `see the vault`, a name, a type."""
DIGIT_AHEAD = r"(?=[A-Za-z._~+/-]{0,60}[0-9])"
"""Words joined by hyphens have no digit; generated tokens have one."""
ULID = rf"{ids.ULID}\b"
TICKET = r"0000[0-9A-Z]{9}\b"
RANDOM = (
    rf"(?!{ULID})(?:(?=[A-Za-z0-9/+]{{40}}(?![\w/+-]))"
    r"|(?=[\w+=-]{16})(?=(?:[A-Za-z_+=-]{0,30}[0-9]){3})(?=[\w+=-]{0,40}?[A-Za-z][0-9]))"
)
HEX = r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})"
ENDS = r"(?![\w+/=-])"
NAMED_DIGEST = (
    rf"(?i:{QUOTE}(?:sha-?[0-9]{{1,3}}|md5|blake[0-9]\w{{0,2}})[:=-]\s{{0,4}}"
    rf"(?:{HEX}{ENDS}|[a-z0-9+/]{{22,88}}={{1,2}}{ENDS}))"
)
"""A digest after the name of its algorithm, such as ``sha256:``."""
DIGEST = rf"(?:{NAMED_DIGEST}|(?i:{QUOTE}{HEX}){ENDS})"
"""The digest of a file or the id of a commit, by its length."""
PASSWORD = rf"pass(?:word|wd|phrase){QUOTE}\s{{0,4}}"
SETTING = (
    r"(?:(?:\b|_)(?:db|database|user|usr|admin|root|my|mysql|pg|postgres|redis|mongo|smtp|imap|mail|ftp"
    r"|ssh|login|auth|sudo|svc|service|app|api|proxy|amqp|rabbitmq|jdbc|sql|ldap|wifi|http|account"
    r"|client|server|keystore|truststore|store|key|test)_?(?:pass|pwd|pw)|(?:[;&?]|--)pass|\bpwd)"
)
"""The name of a setting that holds a password; `first_pass` is not one."""
LINE_BREAK = r"(?:\s|\\[nr]|[>|#*\"'+\\]){0,8}"
"""Between the words of a line that was folded, quoted or concatenated."""
PATH_STARTS = r"(?<![\w./~$>})\]*@%+-])"
"""Not after a scheme, a variable or a placeholder: those are valid on every machine."""
IN_PATH = r"[\w.@%+/-]"
IPV4 = r"(?!127\.|0\.0\.0\.0)(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
"""An address of one machine; not the loopback and wildcard addresses, which all machines have."""
HOST = (
    rf"{QUOTE}(?!(?i:v?[0-9]|x86|i[3-6]86|aarch|arm|amd|wasm|http|ipv|python))"
    r"[A-Za-z](?=[A-Za-z._-]{0,60}[0-9])[\w.-]{1,62}"
)
"""The name of one machine, which has a digit; not a version or an architecture."""
NOT_A_SECTION = "".join(
    rf"(?<!\b{word}\s)"
    for word in (
        *("article", "based", "begins", "chapter", "clause", "depends", "ends", "figure"),
        *("release", "rule", "section", "starts", "stays", "step", "table", "version"),
    )
)
"""Not after words that come before the number of a section or a version."""
WORKER = r"(?:session|worker|agent|pod|runner|coder|daemon|process|machine|node|bot|me|us)"
WORK_ITEM = (
    r"(?:(?:^|[\n.;]\s{0,4})|\b(?:it|this|ticket|task|issue|item|branch|lock|queue|job|slot|"
    r"work\s?tree|file|index|gpu|runner|worker|agent|0000[0-9A-Z]{9})(?:\s[\w-]{1,20})?\s"
    r"(?:(?:is|was|stays|remains)\s(?:now\s)?)?)"
)
"""What a worker holds; rooms, doors and meetings are not."""
CLOCK = r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ])?[0-9]{1,2}:[0-9]{2}"
UNTIL = rf"(?=[^.\n]{{0,40}}?\b(?:until|expir(?:es|ing)(?:\sat)?)\s{CLOCK})"
HOLDS = r"\b(?:claimed|held|leased|locked|owned|reserved|taken)"
