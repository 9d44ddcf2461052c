from __future__ import annotations

import io
import sys

import pytest

from yoi_relations.render.terminal import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, patience: float) -> str:
    monkeypatch.setattr(progress, "DELAY", patience)
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.progress_bar("reading") as step:
        step(1, 2)
        step(2, 2)
    return stream.getvalue()


def test_bar_appears_after_the_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "reading" in drawn(monkeypatch, Terminal(), patience=0.0)


def test_short_work_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, Terminal(), patience=60.0) == ""


def test_pipe_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, io.StringIO(), patience=0.0) == ""
