"""The files of the sample workspace, and strategies that spoil them byte by byte."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from building import Workspace, scan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yoi_relations.files.reading import read_source
from yoi_relations.files.scan import Source
from yoi_relations.files.workspace import find_workspace

EXAMPLES = Path(__file__).parents[2] / "examples"
CORPUS: list[tuple[Source, bytes]] = [
    (source, read_source(source) or b"") for source in scan(find_workspace(str(EXAMPLES)))
]
# What means something to one format or another, so that more than the first check is reached.
_BITS = [
    *(b"---\n", b"\n", b"\r\n", b"\r", b"\xef\xbb\xbf", b"\0", b"\xff", b"\xc2", b"\t", b" "),
    *(b"[", b"]", b"{", b"}", b": ", b",", b'"', b"'", b"&a ", b"*a", b"!!x ", b"? ", b"- "),
    *(b"|\n", b">-\n", b"%", b"#", b"<<<<<<< a\n", b"=======\n", b">>>>>>> b\n", b"\\", b"\\u0000"),
    *(b"\\ud800", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\xc2\x85", b"NaN", b"1e999", b"-0", b"null"),
    *(b"kind: blocks\n", b"target: x\n", b"at: 2026-06-01T10:00:00Z\n", b"retired_by: x\n"),
    *(b'"kind":"blocks",', b'"note":"x",', b'"version":1,', b'"accepted_plan":{"summary":"x"},'),
]
_PIECE = st.sampled_from(_BITS) | st.binary(min_size=1, max_size=4)
Step = tuple[float, float, bytes]
STEPS = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from([0.0, 0.0, 0.01, 0.1, 0.5]), _PIECE),
    min_size=1,
    max_size=6,
)
"""Places of a file, how much goes there, and what is put there instead."""
Check = Callable[..., None]
WHICH = st.integers(0, len(CORPUS) - 1)


def spoiled(data: bytes, steps: list[Step], other: bytes = b"") -> bytes:
    """`data` with something else in some places; the last half may be that of another file."""
    for where, share, piece in steps:
        at = int(where * len(data))
        data = data[:at] + piece + data[at + max(1, int(share * len(data))) :]
    return data[: len(data) // 2] + other[len(other) // 2 :] if other else data


def hold(
    examples: int, *strategies: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], None]:
    """Run what is decorated on so many examples, at once."""
    healthy = [HealthCheck.too_slow, HealthCheck.data_too_large]
    way = settings(
        max_examples=examples, deadline=None, suppress_health_check=healthy, database=None
    )

    def run(check: Check) -> None:
        way(given(*strategies)(check))()

    return run


def rounds(short: int, long: int) -> pytest.MarkDecorator:
    """So many examples in the suite, and so many in the campaign."""
    in_campaign = pytest.param(long, marks=pytest.mark.campaign)
    return pytest.mark.parametrize("examples", [short, in_campaign])


def sample() -> tuple[tempfile.TemporaryDirectory[str], Workspace]:
    """A copy of the sample workspace, and the folder to clean up."""
    folder = tempfile.TemporaryDirectory()
    root = Path(folder.name) / "work"
    shutil.copytree(EXAMPLES, root, ignore=shutil.ignore_patterns("cache"))
    return folder, Workspace(root)
