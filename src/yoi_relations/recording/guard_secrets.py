"""Patterns of secrets: by the service that issues them, and by the words before them."""

from __future__ import annotations

from functools import partial

from yoi_relations.recording.guard_fragments import (
    DIGEST,
    DIGIT_AHEAD,
    LINE_BREAK,
    NAMED_DIGEST,
    NOT_A_PASSWORD,
    PASSWORD,
    PLACEHOLDER,
    QUOTE,
    RANDOM,
    SETTING,
)
from yoi_relations.recording.guard_pattern import guard_pattern

_secret = partial(
    guard_pattern,
    "say where the secret is kept; if it was real, replace it, because git keeps every version",
)

SECRETS = (
    _secret(
        "a private key",
        rf"-----{LINE_BREAK}BEGIN\b{LINE_BREAK}(?:(?!PRIVATE)[A-Z0-9]{{1,16}}\b{LINE_BREAK}){{0,4}}"
        rf"PRIVATE{LINE_BREAK}KEY\b",
        r"\bPuTTY-User-Key-File-[0-9]:",
        r"\bAGE-SECRET-KEY-1(?=[0-9A-Z]{20})",
    ),
    _secret("an AWS access key", r"\bA[KS]IA(?=[0-9A-Z]{16}\b)"),
    _secret("a GitHub token", r"\b(?:gh[pousr]_|github_pat_)(?=[A-Za-z0-9]{20})"),
    _secret(
        "a GitLab token",
        rf"\bgl(?:pat|ptt|oas|dt|rt|rtr|cbt|ft|imt|agent|soat)-{DIGIT_AHEAD}(?=[\w.-]{{20}})",
    ),
    _secret(
        "a Slack token",
        r"\bxox[a-z]-(?=[0-9][A-Za-z0-9-]{9})",
        r"\bxapp-(?=[0-9]-[A-Za-z0-9-]{9})",
        r"\bhooks\.slack\.com/services/(?=T\w{6,16}/B\w{6,16}/\w{16})",
    ),
    _secret("an Anthropic key", rf"\bsk-ant-{DIGIT_AHEAD}(?=[\w-]{{20}})"),
    _secret(
        "an OpenAI key",
        rf"\bsk-(?:proj|svcacct|admin)-{DIGIT_AHEAD}(?=[\w-]{{20}})",
        rf"\bsk-{DIGIT_AHEAD}(?=[A-Za-z0-9]{{20}})",
    ),
    _secret(
        "a Google key",
        r"\bAIza(?=[\w-]{30})",
        rf"\b(?:ya29\.|GOCSPX-){DIGIT_AHEAD}(?=[\w-]{{20}})",
    ),
    _secret(
        "a service token",
        r"\b(?:npm|hf)_(?=[A-Za-z0-9]{30})",
        r"\bpypi-(?=AgE[\w-]{20})",
        r"\b[rs]k_(?:live|test)_(?=[A-Za-z0-9]{16})",
        rf"\bsk-or-(?:v[0-9]-)?{DIGIT_AHEAD}(?=[A-Za-z0-9]{{20}})",
        rf"\b(?:gsk|r8|dop_v1|doo_v1|shp(?:at|ca|pa|ss)|glsa|dckr_pat|lin_api|rubygems|sntrys|figd"
        rf"|ntn|pplx|fw|nvapi)[_-]{DIGIT_AHEAD}(?=[A-Za-z0-9_-]{{20}})",
        rf"\b(?:xai|tskey|PMAK|pul)-{DIGIT_AHEAD}(?=[A-Za-z0-9-]{{20}})",
        r"\bSG\.(?=[\w-]{16,32}\.[\w-]{16})",
        rf"\bhv[sb]\.{DIGIT_AHEAD}(?=[\w-]{{20}})",
        r"\bATATT3(?=[\w=-]{20})",
    ),
    _secret(
        "a JSON web token",
        r"(?<![\w-])eyJ(?=[\w-]{8,1024}+\.[\w-]{8,4096}+\.[\w-]{8})",
    ),
    _secret(
        "an authorization header",
        rf"(?i:\bbearer\s{{1,4}}){DIGIT_AHEAD}(?=[\w.~+/-]{{16}})",
        r"(?i:\bauthorization:\s{0,4}(?:bearer|token)\s{1,4})(?=[\w.~+/-]{16})",
        # Base64 has a digit, a sign, or capitals inside a word: prose has none of them.
        rf"(?i:\bauthorization{QUOTE}\s{{0,4}}[:=]?\s{{0,4}}{QUOTE}basic\s{{1,4}}){QUOTE}"
        r"(?=[A-Za-z+/]{0,60}[0-9=]|[A-Za-z]{0,60}[+/]|(?:[A-Za-z]{0,20}?[a-z][A-Z]){2})"
        r"(?=[A-Za-z0-9+/]{6})",
    ),
    _secret(
        "a password in a URL",
        # A user and a password; not a port before a path, and not an image with a digest.
        rf"(?i:\b[a-z][a-z0-9+.-]{{1,15}}://(?!\[)(?=[^\s/:@?#]{{0,128}}+:(?!{PLACEHOLDER})"
        r"(?!(?:[0-9]{1,5}|port)(?:[/?#]|$))[^\s@]{1,256}+@(?!sha[0-9]{3}:)[\w\[]))",
    ),
    _secret(
        "a password",
        # The name of a setting, then "=" and a value, or ":" and a value with a digit.
        rf"(?i:{SETTING}{QUOTE}(?:=(?!=)|:\s{{1,4}}(?=[^\s0-9]{{0,60}}[0-9])))(?!(?i:{NOT_A_PASSWORD}))"
        rf"(?![/~.]){QUOTE}(?![A-Za-z_]{{1,40}}+(?:[(\[]|\.[A-Za-z_]))"
        r"(?=[^\s\"'`,;<>(){}]{4})",
        # The lines of .netrc, .pgpass and .npmrc, and the arguments of curl and sshpass.
        rf"(?i:\bmachine\s{{1,4}}(?=[\w-]{{0,60}}[.0-9]|localhost)[\w.-]{{1,128}}\s{{1,8}}"
        rf"(?:login\s{{1,4}}\S{{1,128}}\s{{1,8}})?password\s{{1,4}})(?!(?i:{PLACEHOLDER}))(?=\S{{3}})",
        rf"(?i:\bdefault\s{{1,8}}login\s{{1,4}}(?!(?:and|or|page|with|for|name)\b)\S{{1,128}}"
        rf"\s{{1,8}}password\s{{1,4}})(?!(?i:{PLACEHOLDER}))(?=\S{{3}})",
        rf"(?<![\w/.])[\w.*-]{{1,128}}+:(?:54[0-9]{{2}}|\*):[\w*-]{{1,64}}:[\w*.-]{{1,64}}:(?!{PLACEHOLDER})"
        r"(?=\S{4})",
        rf"(?<![A-Za-z0-9])(?i:_auth(?:token)?\s{{0,4}}=\s{{0,4}}){QUOTE}(?!(?i:{PLACEHOLDER}))"
        r"(?=[\w.+/=-]{8})",
        rf"\bcurl\s[^\n]{{0,160}}?(?:-u|--user)[\s=]{{0,2}}{QUOTE}[\w.@+-]{{1,64}}:(?!(?i:{PLACEHOLDER})|[A-Z_]{{3,40}}\b)"
        r"(?=[^\s\"'`]{3})",
        rf"\bsshpass\s{{1,4}}-p\s{{0,2}}{QUOTE}(?!(?i:{PLACEHOLDER}))(?=[^\s\"'`]{{3}})",
        # After "=", any literal; a name before a dot or a bracket is code.
        rf"(?i:{PASSWORD}:?=(?!=)\s{{0,4}})(?!(?i:{NOT_A_PASSWORD})){QUOTE}"
        r"(?![A-Za-z_]{1,40}+(?:[(\[]|\.[A-Za-z_]))(?=[^\s\"'`,;<>(){}]{4})",
        # After ":" or "is", only a value with a digit that ends the line: the rest is prose.
        rf"(?i:{PASSWORD}(?::|is\s)\s{{0,4}})(?!(?i:{NOT_A_PASSWORD})){QUOTE}(?=[^\s0-9]{{0,60}}[0-9])"
        r"(?=[^\s\"'`,;<>(){}]{6,128}+[\"'`.,;)]{0,3}(?:$|\n))",
    ),
    _secret(
        "a secret",
        rf"(?i:(?:{PASSWORD}|(?:secret|token|(?:api|access)[ _-]?key|credentials?){QUOTE}"
        rf"\s{{0,4}})(?::(?!\s{{0,4}}{DIGEST})|=(?!\s{{0,4}}{NAMED_DIGEST}))\s{{0,4}}{QUOTE})"
        rf"{RANDOM}",
    ),
)
"""The patterns of what nobody may read in a record."""
