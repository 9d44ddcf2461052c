from __future__ import annotations

import socket
import time
from pathlib import Path

from serve_process import Server
from watch_process import TIMEOUT
from workspace_builder import Workspace


def test_it_listens_on_loopback_alone(server: Server) -> None:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    port = f"{server.port:04X}"
    listening = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{port}")]
    assert listening == [f"0100007F:{port}"]
    assert f":{port} " not in Path("/proc/net/tcp6").read_text()


def test_port_that_cannot_be_used_is_an_error(server: Server, edge: Workspace) -> None:
    for port in (str(server.port), "65536"):
        ran = edge.process("serve", "--port", port)
        assert (ran.code, ran.out) == (1, "")
        assert "--port" in ran.err


def test_given_port_is_used(edge: Workspace) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Server(edge, "--plain", "--port", str(port)) as server:
        assert server.port == port
        assert server.first_line == f"{server.address}\n"
        assert server.stop() == 130


def test_trust_index_is_refused(edge: Workspace) -> None:
    assert edge.process("serve", "--trust", "index").code == 2


def test_workspace_that_cannot_be_read_is_an_error(workspace: Workspace) -> None:
    workspace.tickets.rmdir()
    ran = workspace.process("serve")
    assert (ran.code, ran.out) == (1, "")


def test_browser_gets_a_private_file_instead_of_the_secret(edge: Workspace, tmp_path: Path) -> None:
    seen, browser = tmp_path / "seen", tmp_path / "browser"
    browser.write_text(
        f'#!/bin/sh\nfile="${{1#file://}}"\n(echo "$file"; stat -c %a "$file"; cat "$file")'
        f" > {seen}.part\nmv {seen}.part {seen}\n"
    )
    browser.chmod(0o700)
    with Server(edge, "--open", BROWSER=f"{browser} %s", TMPDIR=str(tmp_path)) as server:
        end = time.monotonic() + TIMEOUT
        while not seen.exists() and time.monotonic() < end:
            time.sleep(0.05)
        file, mode, page = seen.read_text().split("\n", 2)
        token = server.address.partition("token=")[2]
        assert mode == "600"
        assert token in page
        assert token not in file
    assert not Path(file).exists()
