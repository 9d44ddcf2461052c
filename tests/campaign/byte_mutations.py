"""The files of the sample workspace, and mutations of their bytes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspace_builder import Workspace, scan

from yoi_relations.files.read_source import read_source
from yoi_relations.files.source import Source
from yoi_relations.files.workspace import find_workspace

EXAMPLES = Path(__file__).parents[2] / "examples"
CORPUS: list[tuple[Source, bytes]] = [
    (source, read_source(source) or b"") for source in scan(find_workspace(str(EXAMPLES)))
]
# Pieces with a meaning in one of the formats, so that mutations get past the first check.
_MEANINGFUL = [
    *(b"---\n", b"\n", b"\r\n", b"\r", b"\xef\xbb\xbf", b"\0", b"\xff", b"\xc2", b"\t", b" "),
    *(b"[", b"]", b"{", b"}", b": ", b",", b'"', b"'", b"&a ", b"*a", b"!!x ", b"? ", b"- "),
    *(b"|\n", b">-\n", b"%", b"#", b"<<<<<<< a\n", b"=======\n", b">>>>>>> b\n", b"\\", b"\\u0000"),
    *(b"\\ud800", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\xc2\x85", b"NaN", b"1e999", b"-0", b"null"),
    *(b"kind: blocks\n", b"target: x\n", b"at: 2026-06-01T10:00:00Z\n", b"retired_by: x\n"),
    *(b'"kind":"blocks",', b'"note":"x",', b'"version":1,', b'"accepted_plan":{"summary":"x"},'),
]
_PIECE = st.sampled_from(_MEANINGFUL) | st.binary(min_size=1, max_size=4)
Mutation = tuple[float, float, bytes]
MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from([0.0, 0.0, 0.01, 0.1, 0.5]), _PIECE),
    min_size=1,
    max_size=6,
)
"""Mutations: where in the file, which share of it is removed, and what is put there."""
Check = Callable[..., None]
FILE_NUMBERS = st.integers(0, len(CORPUS) - 1)


def mutated(data: bytes, mutations: list[Mutation], other: bytes = b"") -> bytes:
    """`data` with mutations; the second half may be that of another file."""
    for where, share, piece in mutations:
        at = int(where * len(data))
        data = data[:at] + piece + data[at + max(1, int(share * len(data))) :]
    return data[: len(data) // 2] + other[len(other) // 2 :] if other else data


def run_examples(
    examples: int, *strategies: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], None]:
    """Run the decorated function immediately, on so many examples."""
    healthy = [HealthCheck.too_slow, HealthCheck.data_too_large]
    chosen = settings(
        max_examples=examples, deadline=None, suppress_health_check=healthy, database=None
    )

    def run(check: Check) -> None:
        chosen(given(*strategies)(check))()

    return run


def example_counts(short: int, long: int) -> pytest.MarkDecorator:
    """Parametrize a test: `short` examples in each run of the tests, `long` in the campaign."""
    in_campaign = pytest.param(long, marks=pytest.mark.campaign)
    return pytest.mark.parametrize("examples", [short, in_campaign])


def sample() -> tuple[tempfile.TemporaryDirectory[str], Workspace]:
    """A copy of the sample workspace, and the temporary folder that it is in."""
    folder = tempfile.TemporaryDirectory()
    root = Path(folder.name) / "work"
    shutil.copytree(EXAMPLES, root, ignore=shutil.ignore_patterns("cache"))
    return folder, Workspace(root)
