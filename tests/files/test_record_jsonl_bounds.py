"""Limits of an orchestration-plan.jsonl, and its line ends."""

from __future__ import annotations

import json

import pytest
from workspace_builder import AT, A, B

from yoi_relations.files.record_jsonl import LINE_LIMIT, parse_plan_lines

ENTRY = {"id": "p", "ticket_id": A, "kind": "after", "related_ticket": B, "author": "a", "at": AT}
LINE = json.dumps(ENTRY).encode()


def test_line_has_a_limit_in_bytes() -> None:
    full = LINE + b" " * (LINE_LIMIT - len(LINE))
    found, (fault,) = parse_plan_lines(full + b"\n" + full + b" \n" + LINE, A)
    assert [record.line for record in found] == [1, 3]
    message = f"has a line of {LINE_LIMIT + 1} bytes; at most {LINE_LIMIT} are allowed"
    assert (fault.message, fault.line) == (message, 2)


def test_number_of_bad_lines_is_limited() -> None:
    found, (*named, last) = parse_plan_lines(LINE + b"\n" + b"{}\n" * 3_000 + LINE, A)
    assert [record.line for record in found] == [1]
    assert [fault.line for fault in named] == [*range(2, 1_002)]
    message = "has more than 1000 bad lines; the rest is not read"
    assert (last.message, last.line) == (message, 1_002)
    found, named = parse_plan_lines(b"{}\n" * 1_000 + LINE, A)
    assert ([record.line for record in found], len(named)) == ([1_001], 1_000)


@pytest.mark.parametrize("sign", ["\f", "\v", "\u2028", "\xa0"])
def test_only_json_space_may_surround_an_entry(sign: str) -> None:
    for data in (sign.encode() + LINE, LINE + sign.encode()):
        found, faults = parse_plan_lines(data, A)
        assert (found, len(faults)) == ([], 1)
