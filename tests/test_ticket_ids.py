"""Names of tickets elsewhere: the forms, against the patterns in the documents."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoi_relations.kinds import named
from yoi_relations.ticket_ids import is_elsewhere, is_full_id, is_workspace_name

NAME = re.compile(r"[a-z0-9][a-z0-9._/-]{0,99}")
ID = "00001KTNVGT8G"
IDS = (
    *(ID, "20260609-100341-pick-list", "20260609-100341-größe_2.a"),
    *("TASK-12", "back-24.1", "ab-3f2a", "2g-lmno.1.2"),
)


@given(st.text("az09._/-A:é ", max_size=8) | st.text("a/", min_size=98, max_size=102))
def test_a_name_of_a_workspace_has_the_documented_form(text: str) -> None:
    assert is_workspace_name(text) == bool(NAME.fullmatch(text))


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize("workspace", ["loans", "acme/loans", "0", "a._-/"])
def test_a_workspace_and_a_whole_id_are_elsewhere(workspace: str, id_: str) -> None:
    name = f"{workspace}:{id_}"
    assert is_elsewhere(name)
    assert named(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *IDS,
        *(f"{workspace}:{ID}" for workspace in ("", "Loans", "-a", "/a", "lo ans", "a:b", "é")),
        *(f"loans:{text}" for text in ("", "VGT8G", "TASK-", ID.lower(), f"{ID}0", f" {ID}")),
        *(f"loans:{text}" for text in (f"{ID},{ID}", "00001KTNVGT8U", "20260609-100341-")),
        *(f"loans:{text}" for text in ("20260609-10034-a", "2026060\uff19-100341-a", "a-b-c")),
        *(f"loans:{text}" for text in ("12-12", "-12", "TASK_12", "TASK-12.", "TASK-12a", "a-b2c")),
        *(f"loans:{text}" for text in ("TASK-\u0661", "scan-barcodes", "a-12-b", "TASK 12")),
        *("loans:20260609-100341-a/b", "loans:20260609-100341-a b", f"{'a' * 101}:{ID}"),
        *("https://example.org/loans", "acme/loans#12"),
    ],
)
def test_anything_else_is_not(name: str) -> None:
    assert not is_elsewhere(name)


@given(st.text("0123456789-aA.é_", max_size=18))
def test_a_whole_id_has_one_of_three_forms(text: str) -> None:
    dated = re.fullmatch(r"[0-9]{8}-[0-9]{6}-[\w.-]*[^\W_][\w.-]*", text)
    other = re.fullmatch(r"(?![0-9]+-)[0-9A-Za-z]+-([0-9]+|[0-9A-Za-z]{4})(\.[0-9]+)*", text)
    base32 = re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{13}", text)
    assert is_full_id(text) == bool(dated or other or base32)
