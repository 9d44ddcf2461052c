"""How doctor answers: severities, exit status, lines, JSON, terminal; and it only looks."""

from __future__ import annotations

import sys

import pytest
from tour import COLUMNS, on_terminal
from workspace_builder import A, B, C, Workspace

from yoi_relations.queries.doctor.findings import LISTED as BOUND
from yoi_relations.render.terminal.doctor import DRAWN_FINDINGS_LIMIT


def screen(workspace: Workspace, *arguments: str) -> list[str]:
    """The lines that doctor draws on a terminal."""
    workspace.run("show")
    program = [sys.executable, "-m", "yoi_relations", "doctor"]
    text, _ = on_terminal([*program, *arguments], workspace.root)
    return text.splitlines()


@pytest.fixture
def ailing(workspace: Workspace) -> Workspace:
    """A workspace with an error, a warning and two infos."""
    workspace.pair(states=("ready", "ready"))
    workspace.ticket(C, "closed")
    workspace.record(A, "blocked_by", "nowhere")
    workspace.record(B, "related", A, colour="blue")
    workspace.record(A, "blocked_by", C)
    workspace.record(B, "after", C)
    return workspace


@pytest.mark.parametrize(
    ("arguments", "severities", "hidden"),
    [
        ((), ["error", "warning"], "2 infos; --severity info lists them\n"),
        (("--severity", "error"), ["error"], "1 warning, 2 infos; --severity info lists them\n"),
        (("--severity=info",), ["error", "warning", "info", "info"], ""),
    ],
)
def test_severity_selects_findings(
    ailing: Workspace, arguments: tuple[str, ...], severities: list[str], hidden: str
) -> None:
    ailing.run("status")
    ran = ailing.run("doctor", "--plain", *arguments)

    assert ran.code == 5
    assert [line.split("\t")[0] for line in ran.out.splitlines()] == severities
    assert ran.err.endswith(hidden)
    assert bool(hidden) is ("--severity" in ran.err)
    answer = ailing.run("doctor", "--json", *arguments).json
    assert answer["document"] == "doctor"
    assert [one["severity"] for one in answer["findings"]] == severities
    assert answer["counts"] == {"error": 1, "warning": 1, "info": 2}


@pytest.mark.parametrize(
    ("kind", "codes"), [("blocked_by", (0, 0, 5)), ("accepted_plan", (0, 5, 5))]
)
def test_exit_status_depends_on_listed_findings(
    workspace: Workspace, kind: str, codes: tuple[int, ...]
) -> None:
    workspace.ticket(A, "ready")
    workspace.ticket(B, "ready" if kind == "accepted_plan" else "closed")
    if kind == "accepted_plan":
        workspace.record(B, kind, note="How.", branch="x")
        workspace.record(A, kind, note="How.", branch="x")
    else:
        workspace.record(A, kind, B)

    for severity, code in zip(("error", "warning", "info"), codes, strict=True):
        assert workspace.run("doctor", "--severity", severity).code == code
        assert workspace.run("doctor", "--severity", severity, "--json").code == code


def test_line_has_severity_code_place_sentence_and_hint(workspace: Workspace) -> None:
    workspace.ticket(A, "ready")
    path = workspace.plan_lines(A, {"kind": "after", "related_ticket": "nowhere\tthere"})

    (line,) = workspace.run("doctor", "--plain").out.splitlines()
    severity, code, place, sentence, hint = line.split("\t")
    assert (severity, code) == ("error", "dangling_target")
    assert place == f"{path.relative_to(workspace.root)}:1"
    assert sentence == "names the ticket 'nowhere\\\\x09there', which does not exist"
    assert hint.startswith("restore nowhere\\\\x09there, or retire the record: relations retire x-")


def test_findings_are_sorted_by_severity_path_and_line(workspace: Workspace) -> None:
    workspace.pair(states=("ready", "ready"))
    workspace.plan_lines(B, *[{"kind": "after", "related_ticket": f"no{n}"} for n in range(11)])
    workspace.record(A, "related", B, colour="blue")
    workspace.record(A, "related", "nowhere")

    found = workspace.run("doctor", "--json").json["findings"]
    assert [(one["severity"], one["line"]) for one in found] == [
        ("error", None),
        *[("error", line) for line in range(1, 12)],
        ("warning", 6),
    ]


def test_doctor_changes_no_file(ailing: Workspace) -> None:
    before = ailing.snapshot()
    for severity in ("error", "warning", "info"):
        ailing.run("doctor", "--severity", severity)

    assert ailing.snapshot() == before


def test_terminal_groups_findings_by_code(ailing: Workspace) -> None:
    lines = screen(ailing, "--severity", "info")

    assert max(map(len, lines)) <= COLUMNS
    heads = [line.split(":")[0] for line in lines if line and not line.startswith(" ")]
    assert heads == [
        "1 error, 1 warning, 2 infos",
        "✕ error dangling_target",
        "! warning odd_source",
        "i info expired_edge",
    ]
    assert f"    {A} is blocked by {C}, and {C} is closed" in lines


def test_terminal_counts_omitted_findings(ailing: Workspace) -> None:
    for number in range(DRAWN_FINDINGS_LIMIT):
        ailing.record(A, "related", "nowhere", f"reason {number}")
    lines = screen(ailing)

    assert "  and 1 more; --plain lists more" in lines
    assert lines[:2] == [
        f"{DRAWN_FINDINGS_LIMIT + 1} errors, 1 warning",
        "2 infos; --severity info lists them",
    ]


def test_first_of_many_findings_are_listed_and_the_rest_counted(
    workspace: Workspace,
) -> None:
    workspace.ticket(A)
    names = [f"{number:013d}" for number in range(2 * BOUND + 5)]
    for first in range(0, len(names), 100):
        for name in names[first : first + 100]:
            workspace.ticket(name)
        workspace.record(A, "waiting", None, " ".join(names[first : first + 100]))
    workspace.record(A, "blocked_by", "nowhere")
    answer = workspace.run("doctor", "--severity", "info", "--json").json
    codes = [one["code"] for one in answer["findings"]]
    assert codes == ["dangling_target", *["unrelated_mention"] * BOUND]
    rest = len(names) - BOUND
    assert answer["more"] == [{"code": "unrelated_mention", "severity": "info", "count": rest}]
    assert answer["counts"] == {"error": 1, "warning": 0, "info": len(names)}
    ran = workspace.run("doctor", "--severity", "info", "--plain")
    assert ran.out.count("\n") == 1 + BOUND
    assert f"{rest} more of unrelated_mention" in ran.err
    assert workspace.run("doctor", "--json").json["more"] == []


def test_terminal_shows_that_nothing_was_found(workspace: Workspace) -> None:
    workspace.ticket(A)

    assert screen(workspace) == ["No problems found in 1 ticket and 0 records."]
    workspace.ticket(B, "done")
    workspace.record(A, "after", B)
    assert screen(workspace) == [
        "No errors or warnings found in 2 tickets and 1 record.",
        "1 info; --severity info lists them",
    ]


def test_no_text_acts_on_a_terminal(workspace: Workspace) -> None:
    workspace.ticket(A, "ready")
    workspace.record(A, "blocked_by", '"\\e]0;x"')

    assert "names the ticket '\\x1b]0;x', which does not exist" in "\n".join(screen(workspace))
