"""Mounts file systems for a while; where the system forbids it, the test says so and is skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root mounts file systems; what others meet is tested by rights"
)


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[Path]:
    """Mount something at a folder."""
    ran = subprocess.run(["mount", *options, place], capture_output=True, check=False, text=True)
    if ran.returncode:
        pytest.skip(f"nothing can be mounted here: {ran.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing below `folder` can be written, by nobody."""
    with mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield


@contextmanager
def coarse_ext4(place: Path) -> Iterator[Path]:
    """A real file system whose inodes have no room for parts of a second."""
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
    """A file system of which nothing is known, so that no stamp of it is believed."""
    with mounted(place, "-t", "ramfs", "none"):
        yield place
