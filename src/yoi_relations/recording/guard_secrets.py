"""The shapes of secrets, by what issues them and by how they are said."""

from __future__ import annotations

from yoi_relations.recording.guard_patterns import (
    BLANKED,
    BROKEN,
    DIGEST,
    DIGIT_SOON,
    NAMED_DIGEST,
    PASSWORD,
    QUOTE,
    RANDOM,
    SETTING,
    STAND_IN,
)
from yoi_relations.recording.guard_rows import row_of

_ELSEWHERE = "say where it is kept, and replace it if it was real: git never forgets"

SECRETS = (
    row_of(
        "a private key",
        _ELSEWHERE,
        rf"-----{BROKEN}BEGIN\b{BROKEN}(?:(?!PRIVATE)[A-Z0-9]{{1,16}}\b{BROKEN}){{0,4}}"
        rf"PRIVATE{BROKEN}KEY\b",
        r"\bPuTTY-User-Key-File-[0-9]:",
        r"\bAGE-SECRET-KEY-1(?=[0-9A-Z]{20})",
    ),
    row_of("an AWS access key", _ELSEWHERE, r"\bA[KS]IA(?=[0-9A-Z]{16}\b)"),
    row_of("a GitHub token", _ELSEWHERE, r"\b(?:gh[pousr]_|github_pat_)(?=[A-Za-z0-9]{20})"),
    row_of(
        "a GitLab token",
        _ELSEWHERE,
        rf"\bgl(?:pat|ptt|oas|dt|rt|rtr|cbt|ft|imt|agent|soat)-{DIGIT_SOON}(?=[\w.-]{{20}})",
    ),
    row_of(
        "a Slack token",
        _ELSEWHERE,
        r"\bxox[a-z]-(?=[0-9][A-Za-z0-9-]{9})",
        r"\bxapp-(?=[0-9]-[A-Za-z0-9-]{9})",
        r"\bhooks\.slack\.com/services/(?=T\w{6,16}/B\w{6,16}/\w{16})",
    ),
    row_of("an Anthropic key", _ELSEWHERE, rf"\bsk-ant-{DIGIT_SOON}(?=[\w-]{{20}})"),
    row_of(
        "an OpenAI key",
        _ELSEWHERE,
        rf"\bsk-(?:proj|svcacct|admin)-{DIGIT_SOON}(?=[\w-]{{20}})",
        rf"\bsk-{DIGIT_SOON}(?=[A-Za-z0-9]{{20}})",
    ),
    row_of(
        "a Google key",
        _ELSEWHERE,
        r"\bAIza(?=[\w-]{30})",
        rf"\b(?:ya29\.|GOCSPX-){DIGIT_SOON}(?=[\w-]{{20}})",
    ),
    row_of(
        "a service's token",
        _ELSEWHERE,
        r"\b(?:npm|hf)_(?=[A-Za-z0-9]{30})",
        r"\bpypi-(?=AgE[\w-]{20})",
        r"\b[rs]k_(?:live|test)_(?=[A-Za-z0-9]{16})",
        rf"\bsk-or-(?:v[0-9]-)?{DIGIT_SOON}(?=[A-Za-z0-9]{{20}})",
        rf"\b(?:gsk|r8|dop_v1|doo_v1|shp(?:at|ca|pa|ss)|glsa|dckr_pat|lin_api|rubygems|sntrys|figd"
        rf"|ntn|pplx|fw|nvapi)[_-]{DIGIT_SOON}(?=[A-Za-z0-9_-]{{20}})",
        rf"\b(?:xai|tskey|PMAK|pul)-{DIGIT_SOON}(?=[A-Za-z0-9-]{{20}})",
        r"\bSG\.(?=[\w-]{16,32}\.[\w-]{16})",
        rf"\bhv[sb]\.{DIGIT_SOON}(?=[\w-]{{20}})",
        r"\bATATT3(?=[\w=-]{20})",
    ),
    row_of(
        "a JSON web token",
        _ELSEWHERE,
        r"(?<![\w-])eyJ(?=[\w-]{8,1024}+\.[\w-]{8,4096}+\.[\w-]{8})",
    ),
    row_of(
        "an authorization header",
        _ELSEWHERE,
        rf"(?i:\bbearer\s{{1,4}}){DIGIT_SOON}(?=[\w.~+/-]{{16}})",
        r"(?i:\bauthorization:\s{0,4}(?:bearer|token)\s{1,4})(?=[\w.~+/-]{16})",
        # A pair in Base64 has a digit, a sign, or capitals within: prose has none of them.
        rf"(?i:\bauthorization{QUOTE}\s{{0,4}}[:=]?\s{{0,4}}{QUOTE}basic\s{{1,4}}){QUOTE}"
        r"(?=[A-Za-z+/]{0,60}[0-9=]|[A-Za-z]{0,60}[+/]|(?:[A-Za-z]{0,20}?[a-z][A-Z]){2})"
        r"(?=[A-Za-z0-9+/]{6})",
    ),
    row_of(
        "a password in a URL",
        _ELSEWHERE,
        # A user and a password; neither a port with a path behind it, nor an image with a digest.
        rf"(?i:\b[a-z][a-z0-9+.-]{{1,15}}://(?!\[)(?=[^\s/:@?#]{{0,128}}+:(?!{BLANKED})"
        r"(?!(?:[0-9]{1,5}|port)(?:[/?#]|$))[^\s@]{1,256}+@(?!sha[0-9]{3}:)[\w\[]))",
    ),
    row_of(
        "a password",
        _ELSEWHERE,
        # What a setting is called that holds one, said with "=" or, with a digit in it, with ":".
        rf"(?i:{SETTING}{QUOTE}(?:=(?!=)|:\s{{1,4}}(?=[^\s0-9]{{0,60}}[0-9])))(?!(?i:{STAND_IN}))"
        rf"(?![/~.]){QUOTE}(?![A-Za-z_]{{1,40}}+(?:[(\[]|\.[A-Za-z_]))"
        r"(?=[^\s\"'`,;<>(){}]{4})",
        # The lines of a .netrc, a .pgpass, a .npmrc, and what a command line is given.
        rf"(?i:\bmachine\s{{1,4}}(?=[\w-]{{0,60}}[.0-9]|localhost)[\w.-]{{1,128}}\s{{1,8}}"
        rf"(?:login\s{{1,4}}\S{{1,128}}\s{{1,8}})?password\s{{1,4}})(?!(?i:{BLANKED}))(?=\S{{3}})",
        rf"(?i:\bdefault\s{{1,8}}login\s{{1,4}}(?!(?:and|or|page|with|for|name)\b)\S{{1,128}}"
        rf"\s{{1,8}}password\s{{1,4}})(?!(?i:{BLANKED}))(?=\S{{3}})",
        rf"(?<![\w/.])[\w.*-]{{1,128}}+:(?:54[0-9]{{2}}|\*):[\w*-]{{1,64}}:[\w*.-]{{1,64}}:(?!{BLANKED})"
        r"(?=\S{4})",
        rf"(?<![A-Za-z0-9])(?i:_auth(?:token)?\s{{0,4}}=\s{{0,4}}){QUOTE}(?!(?i:{BLANKED}))"
        r"(?=[\w.+/=-]{8})",
        rf"\bcurl\s[^\n]{{0,160}}?(?:-u|--user)[\s=]{{0,2}}{QUOTE}[\w.@+-]{{1,64}}:(?!(?i:{BLANKED})|[A-Z_]{{3,40}}\b)"
        r"(?=[^\s\"'`]{3})",
        rf"\bsshpass\s{{1,4}}-p\s{{0,2}}{QUOTE}(?!(?i:{BLANKED}))(?=[^\s\"'`]{{3}})",
        # Said with "=", any literal; a name with a dot or a bracket behind it is code.
        rf"(?i:{PASSWORD}:?=(?!=)\s{{0,4}})(?!(?i:{STAND_IN})){QUOTE}"
        r"(?![A-Za-z_]{1,40}+(?:[(\[]|\.[A-Za-z_]))(?=[^\s\"'`,;<>(){}]{4})",
        # Said with ":" or "is", only what ends the line and has a digit: the rest is prose.
        rf"(?i:{PASSWORD}(?::|is\s)\s{{0,4}})(?!(?i:{STAND_IN})){QUOTE}(?=[^\s0-9]{{0,60}}[0-9])"
        r"(?=[^\s\"'`,;<>(){}]{6,128}+[\"'`.,;)]{0,3}(?:$|\n))",
    ),
    row_of(
        "a secret",
        _ELSEWHERE,
        rf"(?i:(?:{PASSWORD}|(?:secret|token|(?:api|access)[ _-]?key|credentials?){QUOTE}"
        rf"\s{{0,4}})(?::(?!\s{{0,4}}{DIGEST})|=(?!\s{{0,4}}{NAMED_DIGEST}))\s{{0,4}}{QUOTE})"
        rf"{RANDOM}",
    ),
)
"""The rows of what nobody may read in a record."""
