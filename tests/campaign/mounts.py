"""File systems that are mounted for a test; the test is skipped where that is forbidden."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

needs_root = pytest.mark.skipif(
    os.geteuid() != 0,
    reason="only root can mount file systems; permissions are tested for other users",
)


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[Path]:
    """Mount a file system at a folder; `options` are those of ``mount``."""
    ran = subprocess.run(["mount", *options, place], capture_output=True, check=False, text=True)
    if ran.returncode:
        pytest.skip(f"mounting is not possible here: {ran.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder read-only."""
    with mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield


@contextmanager
def coarse_ext4(place: Path) -> Iterator[Path]:
    """A real file system whose time stamps have whole seconds."""
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("mkfs.ext4 is not installed")
    image = place.with_name(f"{place.name}.image")
    with image.open("wb") as file:
        file.truncate(4 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-I", "128", image], check=True, capture_output=True)
    with mounted(place, "-o", "loop", str(image)):
        yield place


@contextmanager
def ramfs(place: Path) -> Iterator[Path]:
    """A file system that the program does not know, so that no stamp is reliable."""
    with mounted(place, "-t", "ramfs", "none"):
        yield place
