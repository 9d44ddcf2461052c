"""Connections to a server with a certificate of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer, needed_programs
from workspace_builder import Ran, Workspace

from yoi_relations.server.schema import migrate

PASSWORD = "s3cr3t"  # noqa: S105  # made up
HOST = "db.example.test"
LOCAL = "0.0.0.0"  # noqa: S104  # the address of this machine that is not taken for a loopback one
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Tls:
    """A server with a certificate for `HOST` and `LOCAL`, and the files of two authorities."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self.server = server
        self._workspace = Workspace(folder / "workspace")
        self.authority = _authority(folder, "authority")
        self.other = _authority(folder, "other")

    def list_workspaces(self, where: str, **environ: str) -> Ran:
        """Run `server list` in a process of its own."""
        database = f"{where} port={self.server.port} user=postgres dbname=postgres"
        command = ("server", "list", "--json", "--to", database)
        return self._workspace.process(*command, stdin=b"", PGPASSWORD=PASSWORD, **environ)

    def refused(self, where: str, **environ: str) -> str:
        """The message of the error with which `list_workspaces` must end."""
        ran = self.list_workspaces(where, **environ)
        (error,) = [line["error"] for line in ran.errors]
        assert (ran.code, ran.out, error["code"]) == (1, "", "database")
        assert PASSWORD not in ran.err
        return str(error["message"])


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def _authority(folder: Path, name: str) -> Path:
    files = ("-keyout", f"{name}.key", "-out", f"{name}.pem")
    _openssl(folder, "req", "-x509", "-days", "2", *_KEY, "-subj", f"/CN={name}", *files)
    return folder / f"{name}.pem"


def _certified(folder: Path) -> tuple[bytes, bytes]:
    """The certificate and the key of the server."""
    (folder / "names").write_text(f"subjectAltName = DNS:{HOST}, IP:{LOCAL}\n")
    _openssl(folder, "req", *_KEY, "-subj", "/CN=x", "-keyout", "server.key", "-out", "asked")
    _openssl(
        folder,
        *("x509", "-req", "-in", "asked", "-days", "2", "-extfile", "names", "-set_serial", "1"),
        *("-CA", "authority.pem", "-CAkey", "authority.key", "-out", "server.pem"),
    )
    return (folder / "server.pem").read_bytes(), (folder / "server.key").read_bytes()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tls]:
    if shutil.which("openssl") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("openssl is not installed")
    server = PostgresServer(needed_programs())
    try:
        folder = tmp_path_factory.mktemp("tls")
        found = Tls(server, folder)
        migrate(server.url("postgres"))
        server.listen(PASSWORD)
        certificate, key = _certified(folder)
        server.settings |= {
            "ssl": "on",
            "ssl_cert_file": server.write("server.pem", certificate),
            "ssl_key_file": server.write("server.key", key),
        }
        server.restart()
        yield found
    finally:
        server.end()


@pytest.mark.parametrize("name", [f"host={HOST} hostaddr=127.0.0.1", f"host={LOCAL}"])
def test_the_right_name_and_authority_are_accepted(tls: Tls, name: str) -> None:
    ran = tls.list_workspaces(f"{name} sslmode=verify-full sslrootcert={tls.authority}")
    assert (ran.code, ran.json["workspaces"]) == (0, [])


def test_another_name_is_refused(tls: Tls) -> None:
    where = "host=other.example.test hostaddr=127.0.0.1 sslmode=verify-full"
    assert HOST in tls.refused(f"{where} sslrootcert={tls.authority}")


def test_another_authority_is_refused(tls: Tls) -> None:
    where = f"host={HOST} hostaddr=127.0.0.1 sslmode=verify-full"
    assert "certificate" in tls.refused(f"{where} sslrootcert={tls.other}")


def test_a_server_elsewhere_is_verified_by_default(tls: Tls) -> None:
    where = f"host={LOCAL}"
    assert tls.list_workspaces(where, PGSSLROOTCERT=str(tls.authority)).code == 0
    assert "certificate" in tls.refused(where, PGSSLROOTCERT=str(tls.other))
    assert "certificate" in tls.refused(where, PGSSLROOTCERT="/no/such/file")
    assert HOST in tls.refused("host=LOCALHOST", PGSSLROOTCERT=str(tls.authority))
    assert tls.list_workspaces(where, PGSSLMODE="require").code == 0


def test_a_server_elsewhere_without_a_certificate_is_refused(tls: Tls) -> None:
    tls.server.settings["ssl"] = "off"
    tls.server.restart()
    try:
        where = f"host={LOCAL}"
        assert "SSL" in tls.refused(where, PGSSLROOTCERT=str(tls.authority))
        assert tls.list_workspaces(where, PGSSLMODE="prefer").code == 0
    finally:
        tls.server.settings["ssl"] = "on"
        tls.server.restart()
