"""Build the module _sqlite3 with SQLite 3.34, the version of Red Hat 9, in .venvs/sqlite.

scripts/dev sqlite

The source of SQLite comes from an npm package, the source of the module from pysqlite3 on the
Python package index. PYTHONPATH makes Python import it instead of its own module. It has neither
``serialize`` nor ``deserialize``, like builds of SQLite without them.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

TARGET = Path(__file__).parents[1] / ".venvs" / "sqlite"
SQLITE = ("better-sqlite3@7.1.2", "3.34.0")
"""A package with the amalgamation of SQLite, and the version of SQLite in it."""
MODULE = "pysqlite3==0.6.1"


def main() -> int:
    """Build the module, unless it exists."""
    if _version() != SQLITE[1]:
        TARGET.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            _build(Path(folder))
    print(f"_sqlite3 with SQLite {_version()}: {TARGET}")
    return 0 if _version() == SQLITE[1] else 1


def _build(folder: Path) -> None:
    _run(folder, "npm", "pack", "--silent", SQLITE[0])
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
    _run(folder, *pip, "--no-binary", ":all:", MODULE)
    for archive in (*folder.glob("*.*gz"), Path("package", "deps", "sqlite3.tar.gz")):
        _run(folder, "tar", "xzf", str(archive))
    (module,) = folder.glob("pysqlite3-*/src")
    _run(
        folder,
        *("cc", "-shared", "-fPIC", "-O1", "-w", "-I.", f"-I{sysconfig.get_path('include')}"),
        *('-DMODULE_NAME="sqlite3"', "-DSQLITE_ENABLE_JSON1", "-Wl,-Bsymbolic"),
        *(str(source) for source in sorted(module.glob("*.c"))),
        *("sqlite3.c", "-lm", "-ldl", "-lpthread", "-o", str(TARGET / "_sqlite3.so")),
    )


def _version() -> str | None:
    """The version of SQLite in the built module."""
    code = "import _sqlite3; print(_sqlite3.sqlite_version)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(TARGET)},
        capture_output=True,
        check=False,
        text=True,
    )
    return ran.stdout.strip() or None


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    sys.exit(main())
