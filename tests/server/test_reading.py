"""Questions to a database with several workspaces."""

from __future__ import annotations

import dataclasses
import sys
import unicodedata
from pathlib import Path
from typing import Any

import psycopg
import pytest
from postgres_server import PostgresServer
from publishing import NAME, in_both_layouts, publish
from workspace_builder import A, B, C, D, Ran, Workspace

from yoi_relations.call import Call, Origin
from yoi_relations.queries.check import ask_checks
from yoi_relations.queries.path_base import PathBase

SHOP = "acme/shop"
NEXT = {"blocked_by": "blocked", "after": "ordered_after", "conflicts_with": "conflict_waiting"}


@dataclasses.dataclass
class Two:
    """Two workspaces, and the database that both are published into."""

    loans: Workspace
    shop: Workspace
    database: str

    def publish(self, *names: str) -> None:
        """Publish the workspaces with these names, or both."""
        for workspace, name in ((self.loans, NAME), (self.shop, SHOP)):
            if not names or name in names:
                assert publish(workspace, self.database, name=name).code == 0

    def ask(self, *arguments: str, home: str | None = NAME) -> Ran:
        """Ask the database in JSON, from a folder that is in no workspace."""
        of = ("--workspace", home) if home else ()
        return self.loans.run(*arguments, "--json", "--from", self.database, *of, "-C", "/")

    def age(self, name: str, age: str = "2 h") -> None:
        """Let a workspace be published two hours ago, or as long as `age` says."""
        with psycopg.connect(self.database) as connection:
            connection.execute(
                "UPDATE workspace SET published_at = now() - %s::interval WHERE name = %s",
                (age, name),
            )

    def check(self, ticket: str, home: str | None = NAME) -> Any:
        (check,) = self.ask("check", ticket, home=home).json["checks"]
        return check

    def codes(self, ticket: str, home: str | None = NAME) -> list[str]:
        return [reason["code"] for reason in self.check(ticket, home)["reasons"]]


@pytest.fixture
def two(tmp_path: Path, database: str) -> Two:
    """The tickets A and B in loans, and B and C in shop; all are queued."""
    made = Two(Workspace(tmp_path / "loans"), Workspace(tmp_path / "shop"), database)
    for workspace, ids in ((made.loans, (A, B)), (made.shop, (B, C))):
        for id_ in ids:
            workspace.ticket(id_, "queued")
    return made


@pytest.mark.parametrize("kind", NEXT)
def test_the_state_of_the_other_end_decides(two: Two, kind: str) -> None:
    two.loans.record(A, kind, f"{SHOP}:{C}")
    two.publish(NAME)
    assert two.codes(A) == ["elsewhere"]
    two.publish()
    (reason,) = two.check(A)["reasons"]
    assert (reason["code"], reason["ticket"]) == (NEXT[kind], f"{SHOP}:{C}")
    assert reason["title"] == f"Title of {C}"
    two.shop.ticket(C, "done")
    two.publish(SHOP)
    assert two.codes(A) == []
    assert two.loans.run("check", A).code == 11


@in_both_layouts
def test_both_ends_see_an_edge(two: Two) -> None:
    two.loans.record(A, "blocked_by", f"{SHOP}:{C}")
    two.publish()
    (here,) = two.ask("show", A).json["relations"]
    (there,) = two.ask("show", C, home=SHOP).json["relations"]
    (named,) = two.ask("show", f"{SHOP}:{C}", home=None).json["relations"]
    assert (here["ticket"], here["target"], here["end"]) == (A, f"{SHOP}:{C}", "ticket")
    assert (there["ticket"], there["target"], there["end"]) == (f"{NAME}:{A}", C, "target")
    assert (named["ticket"], named["target"]) == (f"{NAME}:{A}", f"{SHOP}:{C}")
    assert {each["workspace"] for each in (here, there, named)} == {NAME}
    for each in (here, there, named):
        assert (each["active"], each["elsewhere"]) == (True, None)
    assert [r["target"] for r in two.ask("show", home=SHOP).json["relations"]] == [C]
    held = two.check(C, SHOP)["holds"]
    assert held == [
        {"ticket": f"{NAME}:{A}", "title": f"Title of {A}", "state": "queued", "frees": True}
    ]


@in_both_layouts
def test_an_edge_that_both_state_is_one_relation(two: Two) -> None:
    two.loans.record(B, "conflicts_with", f"{SHOP}:{B}")
    record = two.shop.record(B, "conflicts_with", f"{NAME}:{B}")
    two.publish()
    for home in (NAME, SHOP, None):
        answer = two.ask("show", home=home).json
        (relation,) = answer["relations"]
        assert (answer["count"], len(relation["records"])) == (1, 2)
        assert relation["ticket"] < relation["target"]
    (check,) = two.ask("check", B).json["checks"]
    assert [len(reason["records"]) for reason in check["reasons"]] == [2]
    assert two.shop.run("retire", record.stem, "--reason", "over").code == 0
    two.publish(SHOP)
    (relation,) = two.ask("show", B).json["relations"]
    assert relation["active"]
    assert two.ask("show", "--all", home=SHOP).json["count"] == 1


@pytest.mark.parametrize(
    ("kind", "states", "active"),
    [
        ("related", ("done", "queued"), True),
        ("related", ("done", "done"), False),
        ("supersedes", ("done", "queued"), True),
        ("supersedes", ("queued", "done"), False),
        ("duplicate_of", ("queued", "done"), True),
        ("duplicate_of", ("done", "queued"), False),
        ("blocked_by", ("done", "queued"), False),
        ("blocked_by", ("queued", "closed"), False),
    ],
)
def test_activity_is_decided_by_both_states(
    two: Two,
    kind: str,
    states: tuple[str, str],
    active: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    two.loans.ticket(A, states[0])
    two.shop.ticket(C, states[1])
    two.loans.record(A, kind, f"{SHOP}:{C}")
    two.publish()
    for home in (NAME, SHOP, None):
        answer = two.ask("show", home=home).json
        assert answer["count"] == active
        everything = two.ask("show", "--all", home=home).json
        assert [each["active"] for each in everything["relations"]] == [active]


@in_both_layouts
def test_a_published_workspace_without_the_ticket_makes_it_missing(two: Two) -> None:
    two.loans.record(A, "blocked_by", f"{SHOP}:{D}")
    two.loans.record(B, "blocked_by", f"nobody/here:{D}")
    two.publish()
    (missing,), (unknown,) = (two.check(id_)["reasons"] for id_ in (A, B))
    assert (missing["code"], unknown["code"]) == ("other_unknown", "elsewhere")
    assert "nobody/here" in unknown["sentence"]
    assert two.ask("check", A).code == two.ask("check", B).code == 11
    shown = {r["ticket"]: r["elsewhere"] for r in two.ask("show").json["relations"]}
    assert shown == {A: None, B: "target"}


@in_both_layouts
def test_a_digest_has_the_names_of_the_ticket_s_own_workspace(two: Two) -> None:
    two.loans.record(A, "blocked_by", f"{SHOP}:{C}", "why")
    two.loans.record(A, "waiting", note=f"{NAME}:{A} is only text")
    two.loans.record_file(A, "01KT0000000000000000000777.md", "---\nkind: nonsense\n---\n")
    two.publish()
    own, whole = two.check(A), two.check(f"{NAME}:{A}", None)
    assert whole["digest"] == own["digest"]
    assert (whole["ticket"], own["ticket"]) == (f"{NAME}:{A}", A)
    assert [reason["code"] for reason in whole["reasons"]] == [r["code"] for r in own["reasons"]]
    notes = {reason["note"] for reason in own["reasons"] if reason["code"] == "waiting"}
    assert notes == {f"{NAME}:{A} is only text"}
    checks = {check["ticket"]: check for check in two.ask("check", home=None).json["checks"]}
    assert checks.keys() == {f"{NAME}:{A}", f"{NAME}:{B}", f"{SHOP}:{B}", f"{SHOP}:{C}"}
    assert checks[f"{NAME}:{A}"]["digest"] == own["digest"]
    assert checks[f"{SHOP}:{C}"] == two.check(f"{SHOP}:{C}", None)
    assert checks[f"{SHOP}:{C}"]["verdict"] == "clear", "problems of loans are not those of shop"
    expected = two.ask("check", f"{NAME}:{A}", "--expect", own["digest"], home=None)
    assert expected.code == 11


@in_both_layouts
def test_an_alias_is_the_workspace(two: Two) -> None:
    (two.shop.root / ".yoi" / "workspace.toml").write_text(
        f'name = "{SHOP}"\naliases = ["old/shop"]\n'
    )
    two.loans.record(A, "blocked_by", f"old/shop:{C}")
    two.publish(NAME)
    assert two.codes(A) == ["elsewhere"]
    assert two.shop.run("publish", "--to", two.database).code == 0
    assert [reason["ticket"] for reason in two.check(A)["reasons"]] == [f"{SHOP}:{C}"]
    (relation,) = two.ask("show", C, home="old/shop").json["relations"]
    assert relation["target"] == C
    assert two.ask("show", f"old/shop:{C}", home=None).json["count"] == 1
    assert two.ask("show", f"{SHOP}:{C}", home=None).json["count"] == 1
    assert two.ask("show", home=SHOP).json["count"] == 1


@pytest.mark.parametrize("kind", ["blocks", "conflicts_with"])
def test_a_filter_finds_all_records_of_an_edge_with_an_alias(two: Two, kind: str) -> None:
    (two.shop.root / ".yoi" / "workspace.toml").write_text(
        f'name = "{SHOP}"\naliases = ["a/store"]\n'
    )
    retired = {"retired_at": "2026-06-02T10:00:00Z", "retired_by": "t", "retired_reason": "over"}
    two.loans.record(A, kind, f"a/store:{C}", author="ann", **retired)
    two.shop.record(C, "blocked_by" if kind == "blocks" else kind, f"{NAME}:{A}", author="bob")
    two.publish(NAME)
    assert two.shop.run("publish", "--to", two.database).code == 0
    for author in ("ann", "bob"):
        (relation,) = two.ask("show", "--author", author, home=None).json["relations"]
        assert [record["author"] for record in relation["records"]] == ["ann", "bob"]
    assert two.ask("show", "--author", "cem", home=None).json["count"] == 0


def test_the_digest_of_a_database_changes_with_an_alias(two: Two) -> None:
    two.loans.record(A, "blocked_by", f"old/shop:{C}")
    two.publish()

    def asked() -> tuple[str, bool]:
        with Call().open_catalog(Origin(two.database), quiet=True) as catalog:
            checked = ask_checks(catalog.connection, PathBase(None), tickets=[f"{NAME}:{A}"])
            codes = [reason.code for reason in checked.checks[0].reasons]
            return catalog.digest, "elsewhere" in codes

    (before, unknown_before) = asked()
    (two.shop.root / ".yoi" / "workspace.toml").write_text(
        f'name = "{SHOP}"\naliases = ["old/shop"]\n'
    )
    assert two.shop.run("publish", "--to", two.database).code == 0
    (after, unknown_after) = asked()
    assert (unknown_before, unknown_after) == (True, False)
    assert after != before


@in_both_layouts
def test_an_outdated_publication_is_unknown(two: Two) -> None:
    two.loans.record(A, "blocked_by", f"{SHOP}:{C}")
    two.shop.ticket(C, "done")
    two.publish()
    two.age(SHOP)
    assert two.codes(A) == []
    for limit in ("3h", "999999999w"):
        assert two.ask("check", A, "--max-age", limit).code == 0
    old = two.ask("check", A, "--max-age", "3600")
    (reason,) = old.json["checks"][0]["reasons"]
    assert (old.code, reason["code"]) == (11, "outdated")
    assert SHOP in reason["sentence"]
    own = two.ask("check", C, "--max-age", "1h", home=SHOP)
    (reason, _) = own.json["checks"][0]["reasons"]
    assert (own.code, reason["code"]) == (11, "unusable_source")
    assert reason["records"] == [{"id": None, "path": SHOP, "line": None}]
    shown = two.ask("show", "--max-age", "1h", home=None)
    assert (shown.code, [p["path"] for p in shown.json["problems"]]) == (4, [SHOP])
    (age, other) = (each["age_seconds"] for each in shown.json["workspaces"])
    assert (age < 600, 7200 <= other < 7800) == (True, True)


def test_a_publication_ahead_of_the_clock_is_unknown(two: Two) -> None:
    two.loans.record(A, "blocked_by", f"{SHOP}:{C}")
    two.shop.ticket(C, "done")
    two.publish()
    two.age(SHOP, "-2 h")
    assert two.ask("check", A, "--max-age", "3h").code == 0
    (check,) = two.ask("check", A, "--max-age", "1h").json["checks"]
    assert [reason["code"] for reason in check["reasons"]] == ["outdated"]


@pytest.mark.parametrize("home", [NAME, None])
def test_a_missing_ticket_of_an_outdated_workspace_is_outdated(two: Two, home: str | None) -> None:
    two.loans.record(A, "blocked_by", D)
    two.publish()
    two.age(NAME)
    ticket = A if home else f"{NAME}:{A}"
    (check,) = two.ask("check", ticket, "--max-age", "1h", home=home).json["checks"]
    codes = [reason["code"] for reason in check["reasons"]]
    assert codes == ["outdated", "unusable_source"]


def test_what_took_the_place_of_a_blocker_can_be_outdated(two: Two) -> None:
    two.loans.record(A, "blocked_by", B)
    two.loans.ticket(B, "closed")
    two.shop.ticket(C, "done")
    two.shop.record(C, "supersedes", f"{NAME}:{B}")
    two.publish()
    assert two.ask("check", A, "--max-age", "1h").code == 0
    two.age(SHOP)
    old = two.ask("check", A, "--max-age", "1h")
    (reason,) = old.json["checks"][0]["reasons"]
    assert (old.code, reason["code"], reason["ticket"]) == (9, "blocker_replaced", f"{SHOP}:{C}")
    assert "--max-age" in reason["sentence"]


@pytest.mark.parametrize("command", ["show", "tree", "graph"])
def test_a_question_about_a_ticket_is_about_its_workspace(two: Two, command: str) -> None:
    two.loans.record(A, "blocked_by", f"{SHOP}:{C}")
    two.shop.record_file(C, "01KT0000000000000000000777.md", "---\nkind: nonsense\n---\n")
    two.publish()
    own = two.ask(command, f"{NAME}:{A}")
    assert (own.code, own.json["problems"]) == (0, [])
    for selected in ((), ("--workspace", SHOP)):
        other = two.ask(command, f"{SHOP}:{C}", *selected)
        assert (other.code, len(other.json["problems"])) == (4, 1), selected
    two.age(SHOP)
    other = two.ask(command, f"{SHOP}:{C}", "--max-age", "1h")
    assert (other.code, len(other.json["problems"])) == (4, 2)


@in_both_layouts
def test_several_workspaces_can_be_selected(two: Two, tmp_path: Path) -> None:
    third = Workspace(tmp_path / "third").pair("blocked_by")
    two.loans.record(A, "blocked_by", f"{SHOP}:{C}")
    assert publish(third, two.database, name="third").code == 0
    two.publish()
    both = two.ask("show", "--workspace", SHOP).json
    assert [each["name"] for each in both["workspaces"]] == [NAME, SHOP]
    assert [each["ticket"] for each in both["relations"]] == [f"{NAME}:{A}"]
    assert two.ask("show", home=None).json["count"] == 2
    assert [each["ticket"] for each in two.ask("show", home="third").json["relations"]] == [A]


@in_both_layouts
@pytest.mark.parametrize("own", ["old/loans", NAME])
def test_a_ticket_named_by_its_own_workspace_is_known(two: Two, own: str) -> None:
    config = f'name = "{NAME}"\naliases = ["old/loans"]\n'
    (two.loans.root / ".yoi" / "workspace.toml").write_text(config)
    two.loans.record(A, "blocked_by", f"{own}:{B}")
    two.loans.record(A, "blocked_by", B)
    two.loans.record(B, "after", f"{own}:{B}")
    assert two.loans.run("publish", "--to", two.database).code == 0
    two.publish(SHOP)
    for home in (NAME, None):
        shown = two.ask("show", home=home).json["relations"]
        ends = [
            tuple(id_.removeprefix(f"{NAME}:") for id_ in (r["ticket"], r["target"])) for r in shown
        ]
        assert ends == [(A, B), (B, B)]
    assert two.codes(A) == ["blocked"]
    assert two.check(B)["verdict"] == "caution"


@pytest.mark.parametrize("home", [NAME, None])
def test_an_answer_lists_the_workspaces_that_it_needs(
    two: Two, tmp_path: Path, home: str | None
) -> None:
    third = Workspace(tmp_path / "third").pair("blocked_by")
    third.record_file(A, "01KT0000000000000000000777.md", "---\nkind: nonsense\n---\n")
    assert publish(third, two.database, name="third").code == 0
    two.loans.ticket(D, "queued", slug="third")
    two.loans.record(A, "blocked_by", f"{SHOP}:{C}")
    two.loans.record(D, "blocked_by", B)
    two.publish()
    before = "" if home else f"{NAME}:"
    for ticket, wanted in ((f"{before}{A}", [NAME, SHOP]), (f"{before}{D}", [NAME])):
        for command in ("show", "check", "graph", "tree"):
            ran = two.ask(
                command, ticket, *(("--reverse",) if command == "tree" else ()), home=home
            )
            assert [each["name"] for each in ran.json["workspaces"]] == wanted, command
            assert (ran.json["problems"], ran.code in (0, 10)) == ([], True), command
    (record,) = two.ask("show", f"{before}{D}", home=home).json["relations"][0]["records"]
    for name in (record["id"], "third") if home else (record["path"], D):
        ran = two.ask("show", name, home=home)
        assert ([each["name"] for each in ran.json["workspaces"]], ran.code) == ([NAME], 0), name
    everything = two.ask("show", home=None)
    assert [each["name"] for each in everything.json["workspaces"]] == [NAME, SHOP, "third"]
    assert (everything.json["problems_total"], everything.code) == (1, 4)


def test_a_tree_leads_through_workspaces(two: Two) -> None:
    two.loans.record(A, "blocked_by", f"{SHOP}:{C}")
    two.shop.record(C, "blocked_by", B)
    two.publish()
    lines = two.ask("tree", A, "--reverse").json["lines"]
    assert [(line["depth"], line["ticket"]) for line in lines] == [
        *((0, A), (1, f"{SHOP}:{C}"), (2, f"{SHOP}:{B}")),
    ]
    assert [line["workspace"] for line in lines] == [NAME, SHOP, SHOP]
    nodes = two.ask("graph", A).json["nodes"]
    assert [node["ticket"] for node in nodes] == [A, f"{SHOP}:{B}", f"{SHOP}:{C}"]


@in_both_layouts
def test_a_cycle_leads_through_workspaces(two: Two) -> None:
    two.loans.record(A, "blocked_by", f"{SHOP}:{C}")
    two.shop.record(C, "blocked_by", f"{NAME}:{A}")
    two.publish()
    assert "dependency_cycle" in two.codes(A)
    assert "dependency_cycle" in two.codes(C, SHOP)
    assert len(two.ask("graph", home=None).json["cycles"]) == 1


def test_a_long_chain_leads_to_the_workspaces_on_it_alone(two: Two, tmp_path: Path) -> None:
    third = Workspace(tmp_path / "third").pair("blocked_by", states=("queued", "queued"))
    assert publish(third, two.database, name="third").code == 0
    ids = [f"00001KT0000{number}" for number in range(10, 22)]
    here, there = (two.loans, NAME), (two.shop, SHOP)
    for id_, target in zip(ids, [*ids[1:], ids[0]], strict=True):
        here[0].ticket(id_, "queued")
        here[0].record(id_, "blocked_by", f"{there[1]}:{target}")
        here, there = there, here
    two.publish()
    answer = two.ask("check", ids[0]).json
    assert [each["name"] for each in answer["workspaces"]] == [NAME, SHOP]
    codes = [reason["code"] for reason in answer["checks"][0]["reasons"]]
    assert codes == ["dependency_cycle", "blocked"]


@in_both_layouts
def test_frees_counts_what_its_own_workspace_cannot_read(two: Two) -> None:
    two.loans.record(A, "blocked_by", f"{SHOP}:{C}")
    two.loans.record_file(A, "01KT0000000000000000000777.md", "---\nkind: nonsense\n---\n")
    two.publish()
    assert [held["frees"] for held in two.check(C, SHOP)["holds"]] == [False]


@in_both_layouts
def test_the_ways_to_name_a_ticket(two: Two) -> None:
    two.loans.ticket(A, "queued", slug="apply-for-it")
    two.loans.record(A, "waiting", note="x")
    two.publish()
    folder = f".yoi/tickets/{A}"
    for name in (A, "apply-for-it", "000AA", f"{NAME}:{A}", "apply-f", folder, f" {folder} "):
        assert two.ask("show", name).json["relations"][0]["ticket"] == A, name
    path = f"{NAME}:.yoi/tickets/{A}"
    for name in ("apply-for-it", A, f"{NAME}:{A}", path, f"{path}/item.md"):
        assert two.ask("show", name, home=None).json["count"] == 1, name
    ambiguous = two.ask("show", B, home=None)
    assert ambiguous.code == 3
    assert f"{NAME}:{B}" in ambiguous.err
    assert f"{SHOP}:{B}" in ambiguous.err
    (relation,) = two.ask("show", "--all").json["relations"]
    (record,) = relation["records"]
    for name in (record["id"], record["id"][-6:], record["path"], f"{record['id']}.md"):
        assert two.ask("show", name).json["relations"] == [relation | {"end": None}], name
    two.loans.relations_json(B, {"kind": "related", "target": A})
    two.publish(NAME)
    (named,) = two.loans.run("show", "relations.json", "--json").json["relations"]
    for home in (NAME, None):
        (found,) = two.ask("show", "relations.json", home=home).json["relations"]
        assert found["records"][0]["id"] == named["records"][0]["id"]
    whole = two.ask("show", record["id"], home=None).json["relations"][0]["records"][0]
    assert whole["path"] == f"{NAME}:{record['path']}"


@pytest.mark.parametrize("home", [NAME, SHOP, None])
def test_a_whole_name_names_a_ticket_whatever_is_asked(two: Two, home: str | None) -> None:
    dated = "20260609-100341-größe"
    two.loans.ticket(dated, "queued")
    for id_ in (A, dated):
        two.loans.record(id_, "waiting", note="x")
    config = f'name = "{NAME}"\naliases = ["old/lending"]\n'
    (two.loans.root / ".yoi" / "workspace.toml").write_text(config)
    two.publish(SHOP)
    assert two.loans.run("publish", "--to", two.database).code == 0
    for id_ in (A, dated, unicodedata.normalize("NFD", dated)):
        shown = unicodedata.normalize("NFC", id_ if home == NAME else f"{NAME}:{id_}")
        for workspace in (NAME, "old/lending"):
            name = f"{workspace}:{id_}"
            assert two.check(name, home)["ticket"] == shown, name
            assert two.ask("tree", name, home=home).json["lines"][0]["ticket"] == shown, name
            assert two.ask("graph", name, home=home).json["selection"]["tickets"] == [shown], name
            (relation,) = two.ask("show", name, home=home).json["relations"]
            assert (relation["ticket"], relation["end"]) == (shown, "ticket"), name


@pytest.mark.parametrize("home", [NAME, None])
def test_a_missing_ticket_can_be_named_by_an_alias(two: Two, home: str | None) -> None:
    (two.shop.root / ".yoi" / "workspace.toml").write_text(
        f'name = "{SHOP}"\naliases = ["old/store"]\n'
    )
    two.loans.record(A, "blocked_by", f"{SHOP}:{D}")
    two.publish(NAME)
    assert two.shop.run("publish", "--to", two.database).code == 0
    (relation,) = two.ask("show", f"old/store:{D}", home=home).json["relations"]
    assert (relation["target"], relation["end"]) == (f"{SHOP}:{D}", "target")
    unnamed = two.ask("show", f"old/store:{A}", home=home)
    assert (unnamed.code, "server list" in unnamed.err) == (3, True)


@pytest.mark.parametrize("name", ["\udcff", "acme/loans:\udcff", "a\0b"])
def test_a_name_that_no_text_of_the_database_can_be_names_nothing(two: Two, name: str) -> None:
    two.loans.ticket("a?b", "queued")
    two.publish()
    for command in ("show", "check", "tree", "graph"):
        ran = two.ask(command, name, home=None)
        assert (ran.code, ran.errors[-1]["error"]["code"]) == (3, "not_found"), command
    assert two.ask("show", "--author", name).json["count"] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "name"),
    [
        (("--workspace", "nobody/here", "--from", "DATABASE"), 3, "not_found"),
        (("--workspace", NAME), 2, "usage"),
        (("--max-age", "1h"), 2, "usage"),
        (("--max-age", "soon", "--from", "DATABASE"), 2, "usage"),
        (("--trust", "stat", "--from", "DATABASE"), 2, "usage"),
        (("--from", ""), 2, "usage"),
        (("--from", "postgresql://me:s3cr3t@host/db"), 2, "usage"),
        (("--from", "postgresql://host/s3cr3t\udcff"), 2, "usage"),
    ],
)
def test_options_that_make_no_sense(
    two: Two, arguments: tuple[str, ...], code: int, name: str
) -> None:
    two.publish()
    given = [two.database if word == "DATABASE" else word for word in arguments]
    for command in ("show", "check", "tree", "graph"):
        ran = two.loans.run(command, "--json", *given, YOI_RELATIONS_DATABASE=two.database)
        assert (ran.code, ran.out, ran.errors[-1]["error"]["code"]) == (code, "", name)
        assert "s3cr3t" not in ran.err


def test_error_about_an_age_begins_with_its_option(two: Two) -> None:
    ran = two.loans.run("show", "--json", "--from", two.database, "--max-age", "soon")
    assert ran.errors[-1]["error"]["message"].startswith("--max-age: ")


def test_a_terminal_shows_the_age_of_what_the_answer_needed(
    two: Two, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    two.publish()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for quiet in (False, True):
        with Call().open_catalog(Origin(two.database), quiet=quiet) as catalog:
            ask_checks(catalog.connection, PathBase(None), tickets=[f"{NAME}:{A}"])
        err = capsys.readouterr().err
        assert (NAME in err, SHOP in err) == (not quiet, False)


def test_what_the_database_does_not_have(two: Two) -> None:
    for command in ("show", "check", "graph"):
        ran = two.ask(command, home=None)
        assert (ran.code, ran.json["workspaces"], len(ran.errors)) == (0, [], 1)
    two.publish()
    assert two.ask("check", home=None).errors == []
    for name in (f"nobody/here:{C}", f"{SHOP}:{D}"):
        error = two.ask("check", name, home=None).errors[-1]["error"]
        assert (error["code"], "server list" in error["hint"]) == ("not_found", True)


@in_both_layouts
def test_a_login_without_rights_gets_no_answer(two: Two, postgres: PostgresServer) -> None:
    two.publish()
    name = str(psycopg.conninfo.conninfo_to_dict(two.database)["dbname"])
    role = f"nothing_{name}"
    with postgres.connect(name) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN".encode())
    ran = two.loans.run("check", "--json", "--from", postgres.url(name, role))
    assert (ran.code, ran.out, ran.errors[-1]["error"]["code"]) == (1, "", "database")
    with postgres.connect(name) as connection:
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}".encode())
    assert two.loans.run("check", "--json", "--from", postgres.url(name, role)).code == 0


@in_both_layouts
@pytest.mark.parametrize("revision", ["0000", "9999", None])
def test_tables_of_another_version_give_no_answer(two: Two, revision: str | None) -> None:
    two.publish()
    with psycopg.connect(two.database) as connection:
        if revision is None:
            connection.execute("DROP TABLE alembic_version")
        else:
            connection.execute("UPDATE alembic_version SET version_num = %s", (revision,))
    ran = two.ask("show")
    assert (ran.code, ran.out, ran.errors[-1]["error"]["code"]) == (1, "", "database_schema")
