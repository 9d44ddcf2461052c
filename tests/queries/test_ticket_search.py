"""How a ticket is called on the command line: id, path, slug, ending of the id, parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as some
from workspace_builder import A, B, D, Workspace

from yoi_relations.files.ids import MIN_PART
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.queries.check import ask_checks
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.ticket_names import Named, TicketNames

LONG = "20260102-030405-move-the-queue"


@pytest.fixture
def named(workspace: Workspace) -> Workspace:
    """Tickets whose names overlap."""
    workspace.ticket(A, title="First")
    workspace.ticket(B, title="Second", slug="mail-queue")
    workspace.ticket("00001KT00QCBB", title="Third", slug="search-page")
    workspace.ticket(LONG, bucket="open", title="Fourth", slug="move-the-queue")
    for folder in (A, B, "00001KT00QCBB", f"open/{LONG}"):
        workspace.record(folder, "waiting", None, "so that it is shown")
    return workspace


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        (A, A),
        ("mail-queue", B),
        (LONG, LONG),
        ("move-the-queue", LONG),  # a slug, though it ends the id too
        ("AA", A),
        ("aa", A),
        ("0bb", B),
        ("CBB", "00001KT00QCBB"),
        ("00QCB", "00001KT00QCBB"),
        ("00qcb", "00001KT00QCBB"),
        (f"  {A}\n", A),
        ("\tmail-queue ", B),
        (" 0bb ", B),
        ("Thir", "00001KT00QCBB"),
        ("FOURTH", LONG),
        ("SEARCH", "00001KT00QCBB"),
        ("l-qu", B),
        ("030405", LONG),
    ],
)
def test_name_finds_its_ticket(named: Workspace, name: str, id_: str) -> None:
    assert [one["ticket"] for one in named.show(name)["relations"]] == [id_]


@pytest.mark.parametrize(
    ("slug", "name"), [(A, A), ("00AA", "00AA"), ("0000aa", "0000aa"), ('" 00AA "', "00AA")]
)
@pytest.mark.parametrize("command", ["show", "check", "add"])
def test_a_slug_that_is_another_ticket_s_id_or_its_ending_is_ambiguous(
    workspace: Workspace, slug: str, name: str, command: str
) -> None:
    workspace.ticket(A)
    workspace.ticket(B, slug=slug)
    before = workspace.snapshot()
    ran = workspace.run(command, name, *(["waiting", "--note", "x"] if command == "add" else []))
    assert (ran.code, ran.out) == (3, "")
    assert [part for part in (A, B, f"Title of {A}") if part not in ran.err] == []
    assert workspace.snapshot() == before


def test_a_slug_decides_before_a_short_ending(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.ticket(B, slug="0AA")
    workspace.record(A, "waiting", None, "by ending")
    workspace.record(B, "waiting", None, "by slug")
    assert [one["note"] for one in workspace.show("0AA")["relations"]] == ["by slug"]


def test_a_ticket_may_have_its_own_id_as_a_slug(workspace: Workspace) -> None:
    workspace.ticket(A, slug=A)
    workspace.ticket(B, slug=B[-4:])
    assert workspace.run("check", A, B, B[-4:]).code == 9


def test_an_ending_decides_before_a_part(workspace: Workspace) -> None:
    workspace.ticket("00001KTWXYZ11")
    workspace.ticket("00001KT11WXYZ")
    workspace.record("00001KTWXYZ11", "waiting", None, "by part")
    workspace.record("00001KT11WXYZ", "waiting", None, "by ending")
    assert [one["note"] for one in workspace.show("wxyz")["relations"]] == ["by ending"]


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("BB", [(B, "Second"), ("00001KT00QCBB", "Third")]),
        ("00001KT", [(A, "First"), (B, "Second"), ("00001KT00QCBB", "Third")]),
        ("queu", [(B, "Second"), (LONG, "Fourth")]),
    ],
)
def test_an_ambiguous_name_lists_the_candidates_with_titles(
    named: Workspace, name: str, candidates: list[tuple[str, str]]
) -> None:
    ran = named.run("show", name)
    assert (ran.code, ran.out) == (3, "")
    listed = [part for candidate in candidates for part in candidate]
    assert [part for part in listed if part not in ran.err] == []


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "QCB",
        "que",
        "queue-",
        "",
        " ",
        "Fir",
        "%",
        "____",
        "mail_queue",
        "0QCB",
        "0260102-0",
    ],
)
def test_an_unknown_name_is_not_found(named: Workspace, name: str) -> None:
    ran = named.run("show", name)
    assert (ran.code, ran.out) == (3, "")
    assert f"'{name}'" in ran.err


def test_name_that_is_not_text_is_not_found(named: Workspace) -> None:
    ran = named.run("show", "\udcff\ud800")
    assert (ran.code, ran.out) == (3, "")
    assert "no ticket is called" in ran.err


def test_a_folder_of_records_without_item_is_found_by_its_name(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.record(B, "blocked_by", A)
    ran = workspace.run("show", B, "--json")
    assert ran.code == 4
    assert [one["ticket"] for one in ran.json["relations"]] == [B]


def test_two_tickets_may_not_share_a_slug_as_a_name(workspace: Workspace) -> None:
    workspace.ticket(A, slug="same")
    workspace.ticket(B, slug="same")
    ran = workspace.run("show", "same")
    assert ran.code == 3
    assert A in ran.err
    assert B in ran.err


def test_many_names_read_the_names_of_all_tickets_once(workspace: Workspace) -> None:
    ids = [f"{A[:-4]}{number:04d}" for number in range(50)]
    for id_ in ids:
        workspace.ticket(id_, slug=f"slug-{id_[-4:]}")
    said: list[str] = []

    found = find_workspace(str(workspace.root))
    base = PathBase(found)
    with open_index(found, said.append) as index:
        index.connection.set_trace_callback(said.append)
        names = [id_[-4:] for id_ in ids[:30]] + [f"slug-{id_[-4:]}" for id_ in ids[30:]]
        checked = ask_checks(index.connection, base, tickets=names)

    assert [one.ticket.id for one in checked.checks] == ids
    assert len([one for one in said if "slug, title FROM ticket" in one]) == 1


def test_show_accepts_part_of_name_with_notice(named: Workspace) -> None:
    named.show()
    ran = named.run("show", "ail-queu", "--json")
    assert [one["ticket"] for one in ran.json["relations"]] == [B]
    assert [B in line["message"] and line["level"] == "notice" for line in ran.errors] == [True]
    for whole in (B, "mail-queue", B[-5:], f".yoi/tickets/{B}"):
        assert named.run("show", whole, "--json").err == ""


@pytest.mark.parametrize("part", ["queu", "ail-queu", "Third", "00001KT"])
def test_mere_part_of_a_name_is_refused_for_check_and_writes(named: Workspace, part: str) -> None:
    before = named.snapshot()
    for line in (
        ("check", part),
        ("check", A, part),
        ("add", part, "waiting", "--note", "x"),
        ("add", A, "blocked-by", part),
    ):
        ran = named.run(*line, "--json")
        assert (ran.code, ran.out) == (3, "")
        assert ran.errors[-1]["error"]["code"] == "not_found"
        found = [
            id_ for id_ in (A, B, "00001KT00QCBB", LONG) if id_ in ran.errors[-1]["error"]["hint"]
        ]
        assert (
            found
            == {
                "queu": [B, LONG],
                "ail-queu": [B],
                "Third": ["00001KT00QCBB"],
                "00001KT": [A, B, "00001KT00QCBB"],
            }[part]
        )
        assert "planning" in ran.errors[-1]["error"]["hint"]
    assert named.snapshot() == before


def test_a_hint_lists_ten_candidates_at_most(workspace: Workspace) -> None:
    for number in range(15):
        workspace.ticket(f"{A[:-2]}{number:02d}", "queued", title=f"Ticket <{number}>")
    hint = workspace.run("check", "Ticket", "--json").errors[-1]["error"]["hint"]
    assert hint.count("Ticket <") == hint.count("queued") == 10
    assert "5 more" in hint


@pytest.mark.parametrize(
    ("id_", "fields", "names"),
    [
        ("TASK-12", {}, ["TASK-1", "task-1", "ASK-1", "2", "TASK-"]),
        ("back-12-7", {}, ["back-1", "2-7", "12-", "k-12-"]),
        ("t-1234", {}, ["234", "t-123", "34"]),
        (A, {"slug": "fix-1234"}, ["fix-123", "x-12", "234"]),
        (A, {"title": "Fix 1234 now"}, ["Fix 123", "234 now", "Fix 1"]),
    ],
)
def test_a_number_is_never_split(
    workspace: Workspace, id_: str, fields: dict[str, str], names: list[str]
) -> None:
    workspace.ticket(id_, **fields)
    workspace.ticket(D)
    before = workspace.snapshot()
    for name in names:
        may_be_part = name in {"TASK-", "k-12-"}
        assert (name, workspace.run("show", name).code) == (name, 0 if may_be_part else 3)
        assert workspace.run("check", name).code == 3
        assert workspace.run("add", D, "blocks", name).code == 3
    assert workspace.snapshot() == before


@pytest.mark.parametrize("name", ["12", "-12", "SK-12", "ask-12"])
def test_an_ending_that_splits_no_number_is_a_name(workspace: Workspace, name: str) -> None:
    workspace.ticket("TASK-12")
    workspace.ticket("TASK-112")
    ran = workspace.run("--json", "check", "--", name)
    assert [one["ticket"] for one in ran.json["checks"]] == ["TASK-12"]


def paths_of(workspace: Workspace) -> list[tuple[str, str]]:
    """Working directories, and paths of the ticket LONG as written there."""
    folder = f".yoi/tickets/open/{LONG}"
    (workspace.root / "src").mkdir()
    (workspace.root / "to-ticket").symlink_to(folder)
    (workspace.root / "to-tickets").symlink_to(".yoi/tickets")
    return [
        (".", folder),
        (".", f"{folder}/"),
        (".", f"./{folder}//"),
        (".", f"{folder}/item.md"),
        (".", f" {folder} "),
        (".", str(workspace.root / folder)),
        (".", f"{workspace.root}/src/../{folder}/item.md"),
        (".", "to-ticket"),
        (".", f"to-tickets/open/{LONG}"),
        ("src", f"../{folder}"),
        ("src", folder),  # relative to the workspace root
        (".yoi", f"tickets/open/{LONG}"),
        (".yoi/tickets/open", f"{LONG}/"),
        (folder, "."),
        (folder, "item.md"),
        (folder, f"../{LONG}/"),
    ]


def test_the_path_of_its_folder_names_a_ticket(
    named: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = named.root
    for here, path in paths_of(named):
        monkeypatch.setattr(named, "root", root / here)
        assert {one["ticket"] for one in named.show(path)["relations"]} == {LONG}, (here, path)
        checked = named.run("check", path, "--json").json["checks"]
        assert [one["ticket"] for one in checked] == [LONG], (here, path)
        added = named.run("add", path, "after", A, "--json").json
        assert added["record"]["holder"] == LONG


@pytest.mark.parametrize("path", [f".yoi/tickets/{A}", f".yoi/tickets/{A}/item.md"])
def test_slug_does_not_hide_path(named: Workspace, path: str) -> None:
    named.ticket(B, slug=path)
    assert named.run("check", path).code == 3


def test_path_of_no_ticket_is_not_found(named: Workspace) -> None:
    (named.root / "elsewhere" / A).mkdir(parents=True)
    (named.root / "item.md").write_text("no ticket's\n")
    for path in (
        ".",
        ".yoi/tickets",
        ".yoi/tickets/open",
        f".yoi/tickets/{LONG}",
        f".yoi/tickets/closed/{LONG}",
        f"elsewhere/{A}",
        f"{A}/item",
        f"./{A}",
        f".yoi/tickets/{A}/artifacts",
        "item.md",
        "/",
        "a\0b",
    ):
        assert (path, named.run("check", path).code) == (path, 3)


COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "Bücher-가-1") for form in ("NFC", "NFD"))


@pytest.mark.parametrize("on_disk", [COMPOSED, DECOMPOSED], ids=["NFC", "NFD"])
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED], ids=["NFC", "NFD"])
def test_names_are_compared_in_one_unicode_form(
    workspace: Workspace, on_disk: str, typed: str
) -> None:
    folder = workspace.ticket(on_disk)
    workspace.ticket(A, slug=f"{typed}-slug", title=f"Die {on_disk}-Liste")
    workspace.record(on_disk, "blocked_by", A, "in its folder")
    workspace.relations_json(on_disk, {"kind": "related", "target": A})
    names = [
        typed,
        typed[:-1] + "1",
        typed[1:],
        typed.upper(),
        f".yoi/tickets/{on_disk}/",
        f" {typed}",
    ]
    for name in names:
        (one, other) = workspace.show(name)["relations"]
        assert (one["ticket"], one["target"], one["end"]) == (COMPOSED, A, "ticket")
        assert one["records"][0]["path"].startswith(f".yoi/tickets/{on_disk}/")
        assert other["kind"] == "related"
    assert workspace.run("check", f"{typed}-slug", "--json").json["checks"][0]["ticket"] == A
    assert workspace.show(f"die {typed}-l")["count"] == 2

    before = {*folder.rglob("*")}
    added = workspace.run("add", A, "blocks", typed, "--note", "seen from there", "--json").json
    assert added["sentence"] == f"{COMPOSED} is blocked by {A}"
    assert workspace.run("add", typed, "after", A, "--json").code == 0
    (record,) = {*folder.rglob("*")} - before
    assert record.suffix == ".md"
    assert {one["ticket"] for one in workspace.show("--kind", "order")["relations"]} == {COMPOSED}


def test_folders_of_one_name_in_two_forms_share_an_id(workspace: Workspace) -> None:
    workspace.ticket(COMPOSED, "queued")
    workspace.ticket(DECOMPOSED, "queued")
    workspace.record(COMPOSED, "waiting", note="first")
    workspace.record(DECOMPOSED, "waiting", note="second")
    ran = workspace.run("show", COMPOSED, "--all", "--json")
    assert (ran.code, ran.json["count"]) == (4, 2)
    assert {one["ticket"] for one in ran.json["relations"]} == {COMPOSED}
    problems = {one["path"] for one in ran.json["problems"]}
    assert problems == {f".yoi/tickets/{COMPOSED}", f".yoi/tickets/{DECOMPOSED}"}
    assert workspace.run("check", DECOMPOSED).code == 11
    assert workspace.run("verify").code == 0


def small(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).strip()
    return unicodedata.normalize("NFC", composed.casefold())


def holds(text: str, part: str, places: Iterable[int]) -> bool:
    """Whether `text` holds `part` at one of `places` where it splits no number."""
    return any(
        text.startswith(part, at)
        and not any(
            text[edge - 1 : edge].isdigit() and text[edge : edge + 1].isdigit()
            for edge in (at, at + len(part))
        )
        for at in places
    )


def called(tickets: list[Named], name: str) -> list[str]:
    """What `TicketNames` finds, found one ticket at a time."""
    plain, part = unicodedata.normalize("NFC", name).strip(), small(name)
    if not part or "\0" in part:
        return []

    def equals(other: str | None) -> bool:
        return other is not None and unicodedata.normalize("NFC", other).strip() == plain

    def ends(id_: str) -> bool:
        at = len(small(id_)) - len(part)
        in_base32 = re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{13}", id_)
        return at >= 0 and (
            small(id_).endswith(part) if in_base32 else holds(small(id_), part, [at])
        )

    by_id = {one[0] for one in tickets if equals(one[0])}
    by_slug = {one[0] for one in tickets if one[1] and equals(one[1])}
    by_ending = {one[0] for one in tickets if ends(one[0])}
    if by_id or by_slug:
        contested = set() if by_id or len(part) < MIN_PART else by_ending
        return sorted(by_id | by_slug | contested)
    return sorted(by_ending)


def called_in_part(tickets: list[Named], name: str) -> list[str]:
    part = small(name)
    if len(part) < MIN_PART or "\0" in part:
        return []

    def among(*texts: str | None) -> bool:
        return any(
            holds(small(text), part, range(len(small(text)))) for text in texts if text is not None
        )

    by_name = [one[0] for one in tickets if among(one[0], one[1])]
    return sorted(by_name or [one[0] for one in tickets if among(one[2])])


WORD = some.text("aAbİ12-é\u0301 ", max_size=9) | some.text("1aB0", min_size=13, max_size=13)
TITLES = some.none() | WORD


@given(some.dictionaries(WORD.filter(bool), some.tuples(TITLES, TITLES)), some.data())
def test_search_agrees_with_linear_search(
    tickets: dict[str, tuple[str | None, str | None]], data: some.DataObject
) -> None:
    names: list[Named] = [(id_, *tickets[id_]) for id_ in sorted(tickets)]
    parts = [
        word[at:end]
        for one in names
        for word in one
        if word
        for at in range(len(word))
        for end in range(at + 1, len(word) + 1)
    ]
    name = data.draw(some.sampled_from(parts) | WORD if parts else WORD)

    assert TicketNames(names).find(name) == called(names, name)
    assert TicketNames(names).find_by_part(name) == called_in_part(names, name)


def test_an_id_in_small_letters_is_not_one_of_the_short_form(workspace: Workspace) -> None:
    workspace.ticket("task000000012")
    assert workspace.run("check", "12").code == 3
    assert workspace.run("check", "task000000012").code == 9
