"""The page in a browser: what each view shows, on desktops and phones, and to whom."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from page_browser import DESKTOP, PHONE, Opened, Pages, value_of
from page_workspaces import HOSTILE, busy, busy_day, hostile, many
from playwright.sync_api import expect
from queries import random_workspaces
from workspace_builder import A, B, C, D, Workspace

from yoi_relations.page import document
from yoi_relations.queries.overview import Selection
from yoi_relations.render.documents import Value
from yoi_relations.render.phrases import GROUP_TITLES

VIEWS = ("v=now", "v=map", "v=table", "v=now&t={}")
_LINES_BEFORE_THE_TICKET = """(found) => {
  const range = document.createRange();
  range.selectNode(document.createTreeWalker(found, NodeFilter.SHOW_TEXT).nextNode());
  return range.getClientRects().length;
}"""


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("make", [busy_day, hostile])
def test_axe_finds_nothing(
    make: type[Workspace], tmp_path: Path, pages: Pages, scheme: str
) -> None:
    workspace = make(tmp_path)
    opened = pages.open(workspace, scheme=scheme)
    for view in VIEWS:
        opened.go(view.format(busy(5) if make is busy_day else A))
        assert opened.violations() == [], view
    opened.go("v=map&h=1&q=zzz")
    assert opened.violations() == []


@pytest.mark.parametrize("view", VIEWS)
def test_phones_need_no_horizontal_scroll(tmp_path: Path, pages: Pages, view: str) -> None:
    for workspace, ticket in ((busy_day(tmp_path / "a"), busy(5)), (hostile(tmp_path / "b"), A)):
        opened = pages.open(workspace, size=PHONE).at(view.format(ticket))
        assert opened.page.evaluate("() => document.documentElement.scrollWidth") == PHONE[0]


def test_hostile_text_stays_text(tmp_path: Path, pages: Pages) -> None:
    opened = pages.open(hostile(tmp_path))
    for view in (*VIEWS[:3], f"t={A}", f"t={D}", f"t={quote('an <i>id</i> & more')}"):
        opened.at(view)
        assert opened.find("main script, main img, main b, main i, aside i").count() == 0
        assert (
            opened.find("main svg:not(.glyph):not([width]):not([viewBox='0 0 34 10'])").count() == 0
        )
    opened.at()
    assert HOSTILE[1] in opened.texts(".row .ticket bdi")
    assert "turned \\u202e line\\u2028 bell\\x07 &amp; <b>bold</b>" in opened.texts(".row bdi")
    opened.at(f"t={quote('an <i>id</i> & more')}")
    assert opened.texts("aside .top code") == ["an <i>id</i> & more"]


def test_ticket_of_another_workspace_is_elsewhere(workspace: Workspace, pages: Pages) -> None:
    elsewhere = f"acme/loans:{B}"
    workspace.ticket(A, "queued")
    workspace.record(A, "blocked_by", elsewhere)
    workspace.record(A, "related", "missing")
    opened = pages.open(workspace).at(f"v=map&t={quote(elsewhere)}")
    assert opened.texts("aside .state .word") == ["elsewhere"]
    assert opened.find("aside .state .glyph.elsewhere").count() == 1
    assert opened.find(".card.elsewhere").count() == 1
    opened.go(f"t={A}")
    (reason,) = next(n for n in value_of(workspace)["nodes"] if n["ticket"] == A)["reasons"]
    assert reason["code"] == "elsewhere"
    assert opened.find("aside").get_by_text(reason["sentence"]).count() == 1
    opened.at("t=missing")
    assert opened.texts("aside .state .word") == ["does not exist"]


def test_all_open_tickets_of_a_busy_day_are_visible(tmp_path: Path, pages: Pages) -> None:
    opened = pages.open(busy_day(tmp_path), size=DESKTOP)
    rows = opened.find(".view .row")
    assert rows.count() == 13
    for row in rows.all():
        box = row.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= DESKTOP[1]


def test_groups_are_those_of_the_document(tmp_path: Path, pages: Pages) -> None:
    workspace = busy_day(tmp_path)
    opened = pages.open(workspace)
    for group in value_of(workspace)["groups"]:
        drawn = opened.tickets(f"#{group['name']} .row")
        assert sorted(drawn) == group["tickets"]
    order = [name for name in opened.values(".group", "id") if name]
    assert order == list(GROUP_TITLES)
    titles = opened.texts(".group h2")
    assert [title.rsplit(" ", 1)[0] for title in titles] == list(GROUP_TITLES.values())


def test_held_tickets_are_below_what_frees_them(tmp_path: Path, pages: Pages) -> None:
    opened = pages.open(busy_day(tmp_path))
    headings = opened.find(".held h3")
    by = {}
    for number in range(headings.count()):
        freed = headings.nth(number).locator("a").evaluate_all("all => all.map(a => a.hash)")
        rows = headings.nth(number).locator("xpath=following-sibling::ul[1]").locator(".row")
        ids = rows.evaluate_all("all => all.map(one => one.dataset.ticket)")
        by[tuple(hash_.removeprefix("#v=now&t=") for hash_ in freed)] = sorted(ids)
    assert by == {
        (busy(0),): [busy(1), busy(2), busy(3), busy(8)],
        (busy(1),): [busy(4)],
        (): [busy(5)],
    }
    # A row does not repeat its heading.
    for number, others in ((4, []), (5, [busy(2), busy(3)])):
        keys = opened.values(f"[data-ticket='{busy(number)}'] .meta a", "data-key")
        assert keys == [f"of {busy(number)} {id_}" for id_ in others]


@given(random_workspaces.WORKSPACES)
@settings(
    max_examples=15,
    deadline=None,
    # The fixture opens another page for each example.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_view_draws_what_it_counts(pages: Pages, made: random_workspaces.Row) -> None:
    with tempfile.TemporaryDirectory() as folder:
        value = value_of(random_workspaces.build(Path(folder) / "work", made))
    check_counts(pages.open(value), value)


def check_counts(opened: Opened, value: Value) -> None:
    for history in (0, 1):
        opened.go(f"h={history}")
        wanted = [node for node in value["nodes"] if node["group"] or history]
        assert sorted(opened.tickets()) == sorted(node["ticket"] for node in wanted)
        counts = [int(text) for text in opened.texts(".group h2 .count")]
        assert sum(counts) == len(wanted)
        opened.go(f"v=map&h={history}")
        map_ = value["map"]["all" if history else "active"]
        links = opened.values(".card", "data-key")
        assert sorted(links) == sorted(f"map {card['ticket']}" for card in map_["cards"])
        drawn = [line for line in map_["lines"] if line["path"]]
        assert opened.find(".map path.link").count() == len(drawn)
        assert opened.find(".map path.tip").count() == len([one for one in drawn if one["tip"]])
        opened.go(f"v=table&h={history}")
        relations = [*value["edges"], *value["notes"]]
        shown = [relation for relation in relations if relation["active"] or history]
        assert opened.find("tbody tr").count() == len(shown)
    assert opened.find(".notice.cycle").count() == len(value["cycles"])


def test_table_sorts(workspace: Workspace, pages: Pages) -> None:
    for id_, title, state in ((A, "b", "ready"), (B, "a", "queued"), (C, "c", "planning")):
        workspace.ticket(id_, state, title=title)
    workspace.record(A, "after", B, at="2026-06-03T10:00:00Z")
    workspace.record(B, "blocked_by", C, at="2026-06-02T10:00:00Z")
    workspace.record(C, "related", A, at="2026-06-01T10:00:00Z")
    opened = pages.open(workspace).at("v=table")
    orders = {
        "ticket": ["a", "b", "b"],
        "state": ["ready", "ready", "queued"],
        "class": ["waits for", "after", "related to"],
        "other": ["a", "c", "c"],
        "since": ["2026-06-01", "2026-06-02", "2026-06-03"],
    }
    columns = {"ticket": "th .ticket bdi", "state": ".word", "class": ".phrase", "since": ".day"}
    columns["other"] = "[data-label=Other] .ticket bdi"
    for key, order in orders.items():
        button = opened.find(f".of-{key} button")
        for direction in ("ascending", "descending"):
            button.click()
            cells = opened.texts(f"tbody {columns[key]}")
            assert cells == (order if direction == "ascending" else order[::-1])
            expect(opened.find(f".of-{key}")).to_have_attribute("aria-sort", direction)
            expect(button).to_be_focused()


def test_panel_says_what_counts_and_what_waits(tmp_path: Path, pages: Pages) -> None:
    opened = pages.open(busy_day(tmp_path)).at(f"t={busy(1)}")
    keys = opened.values("aside [data-key]", "data-key")
    assert keys[0] == "close"
    assert f"why {busy(0)}" in keys
    assert [key for key in keys if key.startswith("ticket ")] == [f"ticket {busy(0)}"]
    waiting = [key for key in keys if key.startswith("target ")]
    assert waiting == [f"target {busy(4)}", f"target {busy(6)}"]
    assert opened.texts("aside .top code") == [busy(1)]
    assert "It needs the first." in opened.texts("aside .note bdi")
    past = opened.find("aside details").first
    assert past.locator("li").count() == 1
    expect(past.locator("li")).not_to_be_visible()
    past.locator("summary").click()
    expect(past.locator("li")).to_be_visible()


def test_panel_keeps_the_words_before_a_long_title_on_one_line(
    workspace: Workspace, pages: Pages
) -> None:
    workspace.ticket(A)
    workspace.ticket(B, title="A title that is longer than a line of the panel, by some words")
    workspace.record(A, "related", B)
    opened = pages.open(workspace).at(f"t={quote(A)}")

    rows = opened.find("aside li div:has(.mention)").evaluate(_LINES_BEFORE_THE_TICKET)
    assert rows == 1


def test_panel_shows_a_plan_without_the_folders_of_a_machine(tmp_path: Path, pages: Pages) -> None:
    opened = pages.open(busy_day(tmp_path)).at(f"t={busy(7)}")
    assert opened.texts("aside dd") == ["plans", "y"]


def test_nothing_has_a_text_for_each_reason(tmp_path: Path, pages: Pages) -> None:
    done = Workspace(tmp_path / "done").pair(states=("done", "closed"))
    unlinked = Workspace(tmp_path / "unlinked").pair()
    past = Workspace(tmp_path / "past").pair("blocked_by", states=("queued", "done"))
    shown = [
        (Workspace(tmp_path / "empty"), [""]),
        (done, [""]),
        (unlinked, ["v=map", "v=table"]),
        (past, ["v=map", "v=table"]),
        (busy_day(tmp_path / "busy"), ["q=zzz", "v=table&q=zzz"]),
    ]
    texts = []
    for workspace, fragments in shown:
        opened = pages.open(workspace)
        texts += [opened.go(fragment).find(".lead").inner_text() for fragment in fragments]
    assert len(set(texts)) == len(texts) == 8
    opened.find("[data-key=drop]").click()
    expect(opened.find("tbody tr").first).to_be_visible()
    assert opened.find("#search").input_value() == ""


def test_lists_have_a_limit_and_a_button_for_more(tmp_path: Path, pages: Pages) -> None:
    workspace = Workspace(tmp_path)
    for number in range(250):
        workspace.ticket(f"00001KT{number:06}", "ready")
        if number:
            workspace.record(f"00001KT{number:06}", "related", "00001KT000000")
    opened = pages.open(workspace)
    for view, selector, counts in (
        ("", ".row", (50, 100, 150, 200)),
        ("v=table", "tbody tr", (100, 200)),
    ):
        opened.at(view)
        for count in counts:
            assert opened.find(selector).count() == count
            opened.find(".more").click()
        assert opened.find(selector).count() > 200
        expect(opened.find(".more")).to_have_count(0)


def test_lists_in_place_of_a_map_find_every_step(tmp_path: Path, pages: Pages) -> None:
    workspace = Workspace(tmp_path)
    ids = [f"00001KT{number:06}" for number in range(120)]
    for number, id_ in enumerate(ids):
        workspace.ticket(id_, "queued", title=f"step<{number}>")
        if number:
            workspace.record(id_, "blocked_by", ids[number - 1])
    value = value_of(workspace)
    value["map"]["active"] |= {"missing": "too_large", "cards": [], "lines": []}
    opened = pages.open(value).at("v=map&q=" + quote("<105>"))
    assert opened.tickets() == [ids[105]]
    opened.at("v=map")
    assert opened.tickets() == ids[:100]
    opened.find(".more").click()
    assert opened.tickets() == ids
    expect(opened.find(".more")).to_have_count(0)


def test_selection_without_an_open_ticket_does_not_speak_of_all_tickets(
    tmp_path: Path, pages: Pages
) -> None:
    workspace = Workspace(tmp_path).pair(states=("done", "queued"))
    everything = value_of(Workspace(tmp_path / "done").pair(states=("done", "closed")))
    value = value_of(workspace, Selection((A,), inactive=True))
    for script, selector in ((True, ".lead"), (False, "main p:last-child")):
        said = pages.open(value, script=script).find(selector).inner_text()
        of_all = pages.open(everything, script=script).find(selector).inner_text()
        assert said != of_all


def test_text_that_is_no_ticket_of_the_page_is_shown_with_escapes(
    tmp_path: Path, pages: Pages
) -> None:
    turned, other = "turned\u202eone", "turned\u202etwo"
    workspace = Workspace(tmp_path)
    for id_ in (turned, other, A, B):
        workspace.ticket(id_, "queued")
    workspace.record(A, "blocked_by", B)
    workspace.record(B, "blocked_by", other)
    workspace.record(turned, "blocked_by", A)
    workspace.record(turned, "conflicts_with", other)
    opened = pages.open(value_of(workspace, Selection((turned,), inactive=True)))
    for view in ("v=now", "v=map", "v=table"):
        opened.go(view)
        assert "\u202e" not in opened.find("body").inner_text()
    opened.go("v=map")
    assert "\u202e" not in "".join(opened.values("[title]", "title"))


def test_page_says_what_it_leaves_out(
    tmp_path: Path, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = many(tmp_path, 40)
    monkeypatch.setattr(document, "MAX_TICKETS", 20)
    opened = pages.open(workspace)
    assert opened.find(".notice").first.inner_text().count("20 tickets") == 1
    assert len(opened.tickets()) == 20
    totals = [text.split(" of ")[-1].split()[0] for text in opened.texts(".chips button")]
    assert sum(map(int, totals)) == 40


def test_without_the_library_the_lists_stand_in_for_the_map(tmp_path: Path, pages: Pages) -> None:
    value = value_of(busy_day(tmp_path))
    value["map"]["active"] |= {"missing": "no_library", "cards": [], "lines": []}
    opened = pages.open(value).at("v=map")
    assert "fast-sugiyama" in opened.find(".notice").inner_text()
    steps = value["map"]["active"]["steps"]
    sections = opened.find(".step")
    assert sections.count() == len(steps)
    for number, step in enumerate(steps):
        ids = sections.nth(number).locator(".row").evaluate_all("a => a.map(e => e.dataset.ticket)")
        assert sorted(ids) == sorted(step)


def test_phones_get_lists_and_the_map_on_demand(tmp_path: Path, pages: Pages) -> None:
    opened = pages.open(busy_day(tmp_path), size=PHONE).at("v=map")
    assert opened.find(".step").count() == 3
    expect(opened.find(".map")).to_have_count(0)
    opened.find("[data-key=map]").click()
    expect(opened.find(".map")).to_be_visible()


def test_panel_covers_the_page_on_phones(tmp_path: Path, pages: Pages) -> None:
    opened = pages.open(busy_day(tmp_path), size=PHONE).at(f"t={busy(1)}")
    assert opened.find("aside").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert opened.page.evaluate("() => document.querySelector('main').inert")
    opened.find("aside .close").click()
    expect(opened.find("aside")).not_to_be_visible()
    assert not opened.page.evaluate("() => document.querySelector('main').inert")


def test_chosen_ticket_dims_what_it_does_not_reach(tmp_path: Path, pages: Pages) -> None:
    opened = pages.open(busy_day(tmp_path)).at(f"v=map&t={busy(4)}")
    clear = opened.values(".card:not(.dim)", "data-key")
    assert sorted(clear) == [f"map {busy(number)}" for number in (0, 1, 4)]


def test_map_shows_the_chosen_ticket(workspace: Workspace, pages: Pages) -> None:
    ids = [f"00001KT00000{letter}" for letter in "ABCDEFGH"]
    for id_ in ids:
        workspace.ticket(id_)
    for first, then in pairwise(ids):
        workspace.record(then, "blocked_by", first)
    opened = pages.open(workspace).at(f"v=map&t={ids[-1]}")
    expect(opened.find(f"[data-key='map {ids[-1]}']")).to_be_in_viewport()
    expect(opened.find(f"[data-key='map {ids[0]}']")).not_to_be_in_viewport()
    opened.go(f"v=map&t={ids[0]}")
    expect(opened.find(f"[data-key='map {ids[0]}']")).to_be_in_viewport()


def test_without_javascript_there_is_a_list(tmp_path: Path, pages: Pages) -> None:
    workspace = busy_day(tmp_path)
    opened = pages.open(workspace, script=False, size=PHONE)
    assert opened.find("li").count() == 13
    counts = {group["name"]: len(group["tickets"]) for group in value_of(workspace)["groups"]}
    headings = [f"{title} {counts[group]}" for group, title in GROUP_TITLES.items()]
    assert opened.texts("h2") == headings
    for item in opened.find("li").all():
        expect(item).to_be_visible()


def test_print_shows_the_whole_map(tmp_path: Path, pages: Pages) -> None:
    opened = pages.open(busy_day(tmp_path)).at("v=map")
    opened.page.emulate_media(media="print")
    opened.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    box = opened.find(".scaled").bounding_box()
    assert box is not None
    assert box["width"] <= 680
    expect(opened.find("nav")).not_to_be_visible()
