"""The address of the page, the search, the keyboard and the focus."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_browser import Opened, Pages
from page_workspaces import busy, busy_day, many
from playwright.sync_api import expect


@pytest.fixture
def opened(tmp_path: Path, pages: Pages) -> Opened:
    return pages.open(busy_day(tmp_path))


def test_address_holds_view_ticket_search_and_history(opened: Opened) -> None:
    opened.at(f"v=table&t={busy(1)}&q=by&h=1")
    expect(opened.find("nav [aria-current=page]")).to_have_text("Table")
    expect(opened.find("aside .top code")).to_have_text(busy(1))
    assert opened.find("#search").input_value() == "by"
    assert opened.find("#history").is_checked()
    assert opened.find("tr.over").count() == 2


def test_back_returns_to_each_place(opened: Opened) -> None:
    page = opened.page
    opened.find("nav").get_by_text("Map").click()
    opened.find(f"[data-key='map {busy(4)}']").click()
    opened.find("#history").check()
    places = []
    for _ in range(3):
        places.append(page.url.partition("#")[2])
        page.go_back()
    assert places == [f"v=map&t={busy(4)}&h=1", f"v=map&t={busy(4)}", "v=map"]
    expect(opened.find(".chips")).to_be_visible()
    page.go_forward()
    expect(opened.find(".map")).to_be_visible()
    expect(opened.find("aside")).not_to_be_visible()
    assert not opened.find("#history").is_checked()


def test_search_filters_every_view(opened: Opened) -> None:
    opened.find("#search").fill("NUMBER 8")
    assert opened.tickets() == [busy(8)]
    assert opened.page.url.endswith("#v=now&q=NUMBER+8")
    expect(opened.find("#search")).to_be_focused()
    opened.find("nav").get_by_text("Table").click()
    assert opened.find("tbody tr").count() == 1
    opened.find("nav").get_by_text("Map").click()
    assert opened.values(".card:not(.dim)", "data-key") == [f"map {busy(8)}"]
    opened.find("#search").fill("by05")
    assert opened.values(".card:not(.dim)", "data-key") == [f"map {busy(5)}"]
    opened.find("#search").fill("ﾁｹｯﾄの一覧")
    assert opened.find(".card:not(.dim)").count() > 1


def test_search_leaves_no_trail_in_the_history(opened: Opened) -> None:
    opened.find("nav").get_by_text("Table").click()
    opened.find("#search").press_sequentially("busy")
    opened.page.go_back()
    assert opened.page.url.endswith("#")


def test_keys_reach_the_search_and_close_the_panel(opened: Opened) -> None:
    keys = opened.page.keyboard
    keys.press("/")
    expect(opened.find("#search")).to_be_focused()
    keys.type("a/b")
    assert opened.find("#search").input_value() == "a/b"
    keys.press("Escape")
    assert opened.find("#search").input_value() == ""
    expect(opened.find("#search")).not_to_be_focused()
    row = opened.find(f"[data-ticket='{busy(4)}'] > .ticket")
    row.focus()
    keys.press("Enter")
    expect(opened.find("aside h2")).to_be_focused()
    keys.press("Escape")
    expect(opened.find("aside")).not_to_be_visible()
    expect(row).to_be_focused()


def test_tab_goes_through_the_page_in_its_order(opened: Opened) -> None:
    opened.find("body").evaluate("() => document.body.focus()")
    seen = []
    for _ in range(5):
        opened.page.keyboard.press("Tab")
        seen.append(
            opened.page.evaluate(
                "() => document.activeElement.textContent || document.activeElement.id"
            )
        )
    assert seen == ["Now", "Map", "Table", "search", "history"]
    focused = opened.find("#history")
    assert focused.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_panel_follows_links_and_keeps_the_view(opened: Opened) -> None:
    opened.at(f"v=map&t={busy(4)}")
    opened.find(f"aside [data-key='why {busy(1)}']").click()
    expect(opened.find("aside .top code")).to_have_text(busy(1))
    expect(opened.find(".map")).to_be_visible()
    expect(opened.find(".card[aria-current]")).to_have_attribute("data-key", f"map {busy(1)}")


def test_zoom_keeps_the_map_in_its_box(opened: Opened) -> None:
    opened.at("v=map")
    sheet = opened.find(".scaled")
    before = sheet.bounding_box()
    opened.find(".zoom button").last.click()
    after = sheet.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(before["width"] * 1.25, abs=1)
    opened.find(".zoom button").nth(1).click()
    box = opened.find(".map").bounding_box()
    fitted = sheet.bounding_box()
    assert box is not None
    assert fitted is not None
    assert fitted["width"] <= box["width"]


def test_a_row_stays_where_it_is_when_its_panel_opens_and_closes(
    tmp_path: Path, pages: Pages
) -> None:
    opened = pages.open(many(tmp_path / "many", 120))
    row = opened.find(".row > .ticket").nth(60)
    row.evaluate("one => one.scrollIntoView({ block: 'center' })")
    row = opened.find(f"[data-key='{row.get_attribute('data-key')}']").first
    before = row.bounding_box()
    row.click()
    expect(opened.find("aside h2")).to_be_focused()
    while_open = row.bounding_box()
    opened.page.keyboard.press("Escape")
    expect(row).to_be_focused()
    after = row.bounding_box()
    assert before is not None
    assert while_open is not None
    assert after is not None
    assert while_open["y"] == pytest.approx(before["y"], abs=2)
    assert after["y"] == pytest.approx(before["y"], abs=2)


def test_unknown_ticket_in_the_address_is_no_error(opened: Opened) -> None:
    opened.at("v=toString&t=NOBODY&h=yes")
    expect(opened.find("aside .top code")).to_have_text("NOBODY")
    expect(opened.find("nav [aria-current=page]")).to_have_text("Now")
