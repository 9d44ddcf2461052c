"""What the guard of the records refuses, row by row, and the near misses that pass it."""

from __future__ import annotations

from building import A

# Put together here, so that nobody's scanner takes this file for a leak. Between « and » stands
# what no message may show.
LETTERS = "abcdefghijklmnopqrstuvwxyz"
AWS = "AKIA«IOSFODNN7EXAMPLE»"
GITHUB = "ghp_«" + "a1B2" * 9 + "»"
JWT = "eyJ«" + "hbGciOiJI" + ".eyJ" + "zdWIiOiIx" + ".dozjgNryP4J3»"
DIGESTS = [(("0123456789abcdef" * 8)[:size]) for size in (32, 40, 56, 64, 96, 128)]
"""Of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512."""
UUID = "019e5bc6-c3f3-7193-98a1-d64c635f86a1"

EXAMPLES: dict[str, tuple[list[str], list[str]]] = {
    "a private key": (
        [
            "-----BEGIN OPENSSH " + "PRIVATE KEY-----\n«b3BlbnNzaC1rZXktdjEAAAAA»",
            "-----BEGIN RSA " + "PRIVATE KEY-----",
        ],
        ["the line BEGIN PRIVATE KEY starts it", "-----BEGIN CERTIFICATE-----\nMIIC"],
    ),
    "an AWS access key": (
        [f"with {AWS}", "キーは" + AWS],
        ["keys start with AKIA", "AKIASHORT", "01AKIA00000000000000000000"],
    ),
    "a GitHub token": (
        [GITHUB, "(github_pat_«" + "a1B2" * 6 + "»)"],
        ["ghp_token_rotation_in_the_daemon", "the prefix github_pat_ is known"],
    ),
    "a GitLab token": (["glpat-«Ab1cD2eF3gH4iJ5kL6mN»"], ["glpat-rotation-for-the-build-runners"]),
    "a Slack token": (
        [
            "xoxb" + "-«123456789012-abcdefGHIJ»",
            "https://hooks.slack.com/services/«T0AAAAAAA/B0AAAAAAA/" + "a1B2" * 6 + "»",
        ],
        ["xoxb-token-rotation", "https://hooks.slack.com/services/ is the endpoint"],
    ),
    "an Anthropic key": (
        ["sk-ant-«api03-" + LETTERS + "»"],
        ["sk-ant- is the prefix", "impl/sk-ant-key-detection-in-notes"],
    ),
    "an OpenAI key": (
        ["sk-«" + "a1B2" * 12 + "»", "sk-proj-«a1B2-" + LETTERS + "»"],
        [
            "task-0123456789abcdefghijkl",
            "sk-proj-keys-and-how-to-rotate-them",
            "sk-internationalization",
        ],
    ),
    "a Google key": (
        ["AIza«" + "Sy1_" * 9 + "»", "ya29.«a0" + LETTERS + "»"],
        ["AIza starts a Google key", "GOCSPX-prefixed-secrets-and-others"],
    ),
    "a service's token": (
        ["npm_«" + "a1B2" * 9 + "»", "sk_live" + "_«" + "a1B2" * 6 + "»"],
        ["npm_config_registry", "hf_hub_download of the small model"],
    ),
    "a JSON web token": ([JWT], ["eyJ is how one starts", "eyJhbGci.short.one"]),
    "an authorization header": (
        ["Authorization: Bearer «" + "a1B2" * 6 + "»", "authorization: basic «dXNlcjpwYXNz=»"],
        [
            "bearer authentication-middleware",
            "Bearer <token>",
            "Authorization: Basic authentication",
        ],
    ),
    "a password in a URL": (
        [
            "clone https://user:pass@host/x",
            "https://:«s3cr3t»@host/x",
            "postgres://app:«s3cret»@db.example.com/app",
        ],
        [
            "https://example.com:8443/a@b",
            "ssh://git@example.com:22/x",
            "https://$USER:$PASSWORD@host",
            "https://user:<redacted>@host/x",
            "git@example.com:a/b.git",
        ],
    ),
    "a password": (
        [
            "password = «hunter2»",
            "PGPASSWORD=«opensesame» make",
            'password: "«hunter2»"',
            "the password is «hunter2».",
        ],
        [
            "password=<redacted>",
            "password: see vault",
            "password=$PASSWORD",
            "password = config.password",
            "password=get_password()",
            "db_password=db_password",
            "a password == another",
            "Password: argon2id instead of bcrypt",
            "password: 8 characters at least",
        ],
    ),
    "a secret": (
        [
            "token = «" + "a1B2" * 5 + "»",
            "aws_secret_access_key=«" + "wJal/XUt" * 5 + "»",
            "api-key: «0f1e2d3c4b5a69788796»",
            f"token: «{'0f' * 17}»",
            f"token: «{'0f' * 32}»x",
            f"SECRET_KEY_TOKEN=«{'0f' * 32}»",
            f"secret: «sha256{'aB3' * 10}»",
        ],
        [
            'api_key_secret = "web/brave/default"',
            "token: the parser's smallest unit",
            "OPENAI_API_KEY=host-secret",
            "input_total_tokens=11124",
            "access key: rotation-2026-11-22",
            "secret: 01KT0000000000000000000001",
            *(f"token: {digest}" for digest in DIGESTS),
            *(f"Secret: {digest.upper()}" for digest in DIGESTS),
            *(f"the access key: '{digest}', as before" for digest in DIGESTS),
            f"token: sha256:{'0f' * 32}",
            f"secret = sha1-{'0f' * 20}",
            f"api_key: sha512-{'aB3/' * 21}aB==",
        ],
    ),
    "a socket path": (
        [
            "listens on /tmp/yoi-a.sock",
            "/run/app/control.socket",
            "unix:/run/app/control",
            "~/.yoi/daemon.sock",
        ],
        [
            "$XDG_RUNTIME_DIR/yoi.sock",
            "/run/user/<uid>/yoi.sock",
            "the .sock suffix",
            "src/net.sock.rs",
            "/etc/systemd/system/yoi.socket",
        ],
    ),
    "a path of what runs now": (
        ["log in /run/user/1000/yoi/a.log", "/proc/4711/fd"],
        ["below /run/user/<uid>/yoi", "/proc/self/fd", "/proc/1/status"],
    ),
    "a process id": (
        [
            "pid 4711",
            "PID\uff1a48213",
            "process id: 812",
            "held by process 4711",
            "kill -9 4711",
            "pid of the worker: 4711",
            "process 4711 holds it",
        ],
        [
            "pid file handling in the daemon",
            "process the queue",
            "process 4000 tickets",
            "as PID 1",
            "the pid of worker 12",
        ],
    ),
    "a session's id": (
        [
            f"session {UUID}",
            '"session_id": "abc123"',
            "Session: 01KT0000000000000000000001",
            "session ses_a1b2c3d4",
            "session abc123 holds it",
            "sess_01HXYZABC",
        ],
        [
            "the session store",
            "session 2026-11-22 of the team",
            "session_id: Option<SessionId>",
            "session id: 128-bit",
            "session: 15f54df use the flag",
            "session 00001KT6940ER",
            "session 12 took a day",
            "{root}/{session_id}/x",
        ],
    ),
    "a claim of somebody at work": (
        ["claimed by worker-3", "held by the agent 7f3a", "taken by this session"],
        [
            "owned by the session store",
            "Coder Pod",
            "held by the runner",
            "owned by pod 00001KT6940ER",
        ],
    ),
    "a lease": (
        [
            "lease id: 8f3a",
            "lease 8f3a2b",
            "leased to the runner until 14:05",
            "lease expires at 2026-11-22T14:05Z",
            "claimed until 14:05",
            "Held until 14:05.",
            "reserved for the agent until 14:05",
            "the ticket is reserved until 14:05",
            "this branch is locked until 2026-11-22T14:05",
            f"{A} is taken until 14:05",
        ],
        [
            "lease renewal design",
            "a lease expires after its time",
            "reserved until 2026-12-01",
            "the room is reserved until 14:05",
            "the meeting is held until 10:30",
            "the doors stay locked until 08:00",
            "all seats were taken until 19:45",
            "The table by the window is reserved for the team until 14:05",
        ],
    ),
    "a host": (
        [
            "running on host build-07",
            "worker on 10.0.0.5",
            "host: build-07",
            "runs on build.internal",
            "held by worker on 10.0.0.5:2222",
            "hostname: web01.example.com",
            "held by 10.1.1.1",
            "ssh root@192.168.1.20",
        ],
        [
            "https://10.0.0.5:2222/x",
            "https://build-07.example.com/",
            "listens on 127.0.0.1:8787",
            "on host API v2",
            "usb: host: max3421: fix it",
            "based on 1.2.3.4",
            "on node v20.1",
            "on machine x86-64",
            "section by 10.1.1.1",
            "required by 10.1.1.1 and 10.2.3.4",
            "chapter 9 ends at 10.1.1.1",
            "based on 10.1.1.1",
            "rejects 10.0.0.1 and ::ffff:10.0.0.1",
        ],
    ),
    "a path of this machine": (
        ["/srv/trees/a", "~/trees/a", "C:\\trees\\a", " /srv/trees/a", "file:///srv/trees/a"],
        [".worktree/a", "a/~b", "files/a"],
    ),
}
PROSE = [
    "the session store decides; commit 15f54df0c1a2b3c4d5e6f708192a3b4c5d6e7f80, branch impl/a-b2c",
    f"see https://example.com/a?b=1#c, sha256:{'0f' * 32}, 01KT0000000000000000000001, {A}",
    "パスワードは保管庫にある。セッションの設計を待つ。プロセスを先に直す。",
    "Hold until the token budget is known: 12000 tokens a session, two workers on one machine.",
]
