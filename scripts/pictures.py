"""Take the pictures of the documents: the program and its page, in a copy of the sample workspace.

Each picture is taken on a light and on a dark ground. Needs Chromium, and the fonts of Debian's
packages fonts-noto-cjk (its wide characters are as wide as two others) and fonts-dejavu-core.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from small_png import small_png
from tour import ROOT, coloured_output

FOLDER = ROOT / "docs" / "pictures"
SCALE = 1.5
"""Pixels for each CSS pixel. A cell of the terminal is then a whole number of pixels."""
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
TERMINALS = [
    ("check", "relations check", 120),
    ("show", "relations show --kind blocker", 92),
    ("tree", "relations tree", 92),
]
"""Name of the picture, command, and columns of the terminal."""


@dataclass(frozen=True)
class View:
    """What a picture of the page shows.

    Attributes:
        name: of the picture.
        fragment: of the page's address.
        width: of the browser's window, in CSS pixels.
        height: of the same.
        scale: as above.
        title: of the window; None for a phone.
    """

    name: str
    fragment: str
    width: int
    height: int
    scale: float = SCALE
    title: str | None = "plan.html"


VIEWS = [
    View("now", "v=now", 1140, 620),
    View("map", "v=map", 1080, 560),
    View("ticket", "v=map&t=00001KRKBEHKH", 1280, 770, scale=1.25),
    View("phone", "v=now", 390, 844, title=None),
]
GROUNDS = {"light": "#ffffff", "dark": "#0d1117"}
TEXTS = {"light": "#1f2328", "dark": "#e6edf3"}
FRAME = """<!doctype html>
<meta charset="utf-8">
<style>
.light { --bar: #f6f8fa; --edge: #d0d7de; --quiet: #57606a; }
.dark { --bar: #161b22; --edge: #30363d; --quiet: #8b949e; }
.window { display: inline-block; overflow: hidden; border: 1px solid var(--edge);
  border-radius: 10px; }
.phone { border-width: 6px; border-radius: 28px; }
.bar { display: flex; align-items: center; gap: 8px; height: 36px; padding: 0 14px;
  border-bottom: 1px solid var(--edge); background: var(--bar); color: var(--quiet);
  font: 14px "Noto Sans CJK JP"; }
.bar span { width: 11px; height: 11px; border-radius: 50%; background: var(--edge); }
.bar p { margin: 0 auto; padding-right: 49px; }
img { display: block; }
pre { margin: 0; padding: 16px 20px 20px; font: 16px/22px "Noto Sans Mono CJK JP"; }
.prompt { color: var(--quiet); }
i { display: inline-block; height: 22px; vertical-align: top; font-style: normal; }
.narrow { width: 8px; font-family: "DejaVu Sans Mono"; }
.wide { width: 16px; }
.guide { transform: scaleY(1.25); /* as high as a line */ }
</style>
"""
PAGE_FONTS = """:root { font-family: "Noto Sans CJK JP"; }
code { font-family: "Noto Sans Mono CJK JP"; }"""
"""In place of the system's own, so that pictures do not depend on it."""


def pictures(browser: Browser, folder: Path) -> Iterator[tuple[str, bytes]]:
    """The names of all pictures of a workspace, and their files."""
    for name, command, columns in TERMINALS:
        output, _ = coloured_output([*program(), *command.split()[1:]], folder, columns)
        for scheme in SCHEMES:
            body = terminal(command, output.rstrip(), columns, scheme)
            yield f"{name}-{scheme}", framed(browser, body, scheme, title=folder.name)
    page = folder.with_name("page.html")
    arguments = [*program(), "graph", "--format", "html", "-o", str(page)]
    subprocess.run(arguments, cwd=folder, check=True)
    for view in VIEWS:
        for scheme in SCHEMES:
            body = screen(browser, page, view, scheme)
            picture = framed(browser, body, scheme, title=view.title, scale=view.scale)
            yield f"{view.name}-{scheme}", picture


def program() -> list[str]:
    """The program, without arguments."""
    return [sys.executable, "-m", "yoi_relations"]


def terminal(command: str, output: str, columns: int, scheme: Scheme) -> str:
    """A terminal's content, in HTML."""
    theme = TerminalTheme(_rgb(GROUNDS[scheme]), _rgb(TEXTS[scheme]), [])
    console = Console(color_system="256")
    lines = [
        "".join(_styled(part, style, theme) for part, style, _ in line.render(console))
        for line in Text.from_ansi(output).split("\n")
    ]
    shown = "\n".join([f'<span class="prompt">$</span> {escape(command)}', "", *lines])
    return f'<pre style="width: {columns}ch">{shown}</pre>'


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _styled(text: str, style: Style | None, theme: TerminalTheme) -> str:
    css = style.get_html_style(theme) if style else ""
    return f'<span style="{escape(css)}">{"".join(map(_cell, text))}</span>'


def _cell(character: str) -> str:
    if character.isascii():
        return escape(character)
    classes = "wide" if cell_len(character) > 1 else "narrow"
    if "BOX DRAWINGS" in unicodedata.name(character, ""):
        classes += " guide"
    return f'<i class="{classes}">{character}</i>'


def screen(browser: Browser, path: Path, view: View, scheme: Scheme) -> str:
    """What a browser shows of a page, as an image in HTML."""
    page = browser.new_page(
        viewport={"width": view.width, "height": view.height},
        color_scheme=scheme,
        device_scale_factor=view.scale,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page.goto(f"{path.as_uri()}#{view.fragment}")
    page.add_style_tag(content=PAGE_FONTS)
    data = base64.b64encode(page.screenshot()).decode()
    page.close()
    return f'<img width="{view.width}" src="data:image/png;base64,{data}">'


def framed(
    browser: Browser, body: str, scheme: Scheme, *, title: str | None, scale: float = SCALE
) -> bytes:
    """A window with `body` in it, as a PNG file."""
    bar = "" if title is None else f'<div class="bar">{"<span></span>" * 3}<p>{title}</p></div>'
    classes = f"window {scheme} {'phone' if title is None else ''}"
    colours = f"background: {GROUNDS[scheme]}; color: {TEXTS[scheme]}"
    page = browser.new_page(viewport={"width": 1400, "height": 900}, device_scale_factor=scale)
    page.set_content(f'{FRAME}<div class="{classes}" style="{colours}">{bar}{body}</div>')
    picture = small_png(page, page.locator(".window").screenshot(omit_background=True))
    page.close()
    return picture


def main() -> int:
    """Write all pictures."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        sys.exit("no chromium on PATH or in CHROMIUM")
    # Glyphs on whole pixels make files that are smaller.
    flags = ["--no-sandbox", "--disable-lcd-text", "--disable-font-subpixel-positioning"]
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch) / "lendshelf"
        shutil.copytree(ROOT / "examples", folder, ignore=shutil.ignore_patterns("cache"))
        subprocess.run([*program(), "rebuild"], cwd=folder, check=True, capture_output=True)
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        FOLDER.mkdir(exist_ok=True)
        for name, data in pictures(browser, folder):
            (FOLDER / f"{name}.png").write_bytes(data)
            print(f"wrote {name}.png: {len(data) / 1000:.0f} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
