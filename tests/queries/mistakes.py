"""Mistakes that people, editors, merges and file managers make with the files of a workspace.

What nobody could tell from intent is not here but in docs/check.md.
"""

from __future__ import annotations

import json

from workspace_builder import ulid

from queries import misspellings
from queries.file_mistakes import (
    JSON,
    LINES,
    RECORDS,
    Mistake,
    conflict,
    cut_anywhere_in_head,
    cut_within_a_line,
    doubled,
    edit,
    entries,
    in_the_head,
    lines_of,
    of_retirements,
    other_line_end,
    renamed_key,
    respelled,
    sub,
    text,
    upper,
    where,
    without_a_line,
)
from queries.place_mistakes import (
    copy_beside,
    copy_into,
    into,
    move,
    move_folder,
    named,
    rename_parent,
    up,
)

EVERYWHERE = ("item.md", RECORDS, JSON, LINES)
TARGETS: dict[str, Mistake] = {
    f"target: {name}": where(
        "slug: " if name.startswith("slug") else "", edit(*EVERYWHERE[1:], change=respelled(name))
    )
    for name in misspellings.NEARLY
}
NAMES: dict[str, Mistake] = {
    "record: no ending": move(RECORDS, to=named(lambda name: name[:-3])),
    "record: .markdown": move(RECORDS, to=named(lambda name: f"{name[:-3]}.markdown")),
    "record: .txt": move(RECORDS, to=named(lambda name: f"{name[:-3]}.txt")),
    "record: .md.txt": move(RECORDS, to=named(lambda name: f"{name}.txt")),
    "record: .MD": move(RECORDS, to=named(lambda name: f"{name[:-3]}.MD")),
    "record: .bak": move(RECORDS, to=named(lambda name: f"{name}.bak")),
    "record: .bak instead": move(RECORDS, to=named(lambda name: f"{name[:-3]}.bak")),
    "record: ~": move(RECORDS, to=named(lambda name: f"{name}~")),
    "record: .orig": move(RECORDS, to=named(lambda name: f"{name}.orig")),
    "record: .md 2": move(RECORDS, to=named(lambda name: f"{name[:-3]} 2.md")),
    "record: by hand": move(RECORDS, to=named(lambda _: "why-it-waits.md")),
    "record: another ULID": move(RECORDS, to=named(lambda _: f"{ulid(777_777)}.md")),
    "record: lower case": move(RECORDS, to=named(str.lower)),
    # But for plans: a copy of a retired plan would be a plan that is not.
    "record: copied": move(
        RECORDS, to=copy_beside(lambda name: f"{name[:-3]} copy.md"), unless="accepted_plan"
    ),
    "record: in a sub-folder": move(RECORDS, to=named(lambda name: f"2026/{name}")),
    "record: beside its folder": move(RECORDS, to=up(1)),
    "record: beside its folder, no ending": move(RECORDS, to=named(lambda name: f"../{name[:-3]}")),
    "record: beside its folder, .txt": move(RECORDS, to=named(lambda name: f"../{name}.txt")),
    "record: beside its folder, lower case": move(
        RECORDS, to=named(lambda name: f"../{name.lower()}")
    ),
    "record: by hand, .bak": move(RECORDS, to=named(lambda _: "why-it-waits.bak")),
    "record: in the tickets root, no ending": move(
        RECORDS, to=named(lambda name: f"../../../{name[:-3]}")
    ),
    "record: in the tickets root": move(RECORDS, to=into()),
    "records: relation": move(RECORDS, to=rename_parent("relation")),
    "records: Relations": move(RECORDS, to=rename_parent("Relations")),
    "records: relations.bak": move(RECORDS, to=rename_parent("relations.bak")),
    "records: relations 2": move(RECORDS, to=rename_parent("relations 2")),
    "relations.json: .bak": move(JSON, to=named(lambda name: f"{name}.bak")),
    "relations.json: Relations.json": move(JSON, to=named(str.capitalize)),
    "relations.json: relation.json": move(JSON, to=named(lambda _: "relation.json")),
    "relations.json: .jsonl": move(JSON, to=named(lambda name: f"{name}l")),
    "plan: one folder too deep": move(LINES, to=named(lambda name: f"relations/{name}")),
    "relations.json: one folder too deep": move(JSON, to=named(lambda name: f"relations/{name}")),
    "plan: .orig": move(LINES, to=named(lambda name: f"{name}.orig")),
    "plan: .json": move(LINES, to=named(lambda name: name[:-1])),
    "plan: underscore": move(LINES, to=named(lambda name: name.replace("-", "_"))),
    "plan: Orchestration-Plan": move(LINES, to=named(str.title)),
    "item: Item.md": move("item.md", to=named(str.capitalize)),
    "item: item.markdown": move("item.md", to=named(lambda _: "item.markdown")),
    "item: item.md.txt": move("item.md", to=named(lambda name: f"{name}.txt")),
    "ticket: copied": move_folder(copy_beside(lambda name: f"{name} 2")),
    "ticket: copied into a bucket": move_folder(copy_into("closed")),
    # But for closed ones, of which another ticket could say that it replaced them.
    "ticket: renamed": move_folder(named(lambda name: f"{name} (old)"), unless="closed"),
    "ticket: in a sub-folder": move_folder(into("archive")),
    "ticket: in a bucket within": move_folder(into("closed", "2026")),
}
CONTENTS: dict[str, Mistake] = {
    "record: cut": edit(RECORDS, change=cut_anywhere_in_head),
    "relations.json: cut": edit(JSON, change=cut_within_a_line),
    "plan: cut": edit(LINES, change=cut_within_a_line),
    "item: cut": edit("item.md", change=cut_anywhere_in_head),
    "record: emptied": edit(RECORDS, change=lambda _, __: b""),
    "relations.json: emptied": edit(JSON, change=lambda _, __: b""),
    "item: emptied": edit("item.md", change=lambda _, __: b""),
    "conflict": edit(*EVERYWHERE, change=conflict()),
    "conflict: upper mark left": edit(*EVERYWHERE, change=conflict(middle=False, theirs=False)),
    "conflict: middle mark left": edit(
        RECORDS, JSON, LINES, change=conflict(ours=False, theirs=False)
    ),
    "conflict: lower mark left": edit(*EVERYWHERE, change=conflict(ours=False, middle=False)),
    "conflict: no mark left": edit(
        RECORDS, "item.md", change=in_the_head(conflict(ours=False, middle=False, theirs=False))
    ),
    "record: not closed": edit(RECORDS, "item.md", change=without_a_line(b"---")),
    "record: a line before it": edit(RECORDS, "item.md", change=lambda data, _: b"\n" + data),
    "record: a key twice": edit(RECORDS, "item.md", change=doubled),
    "record: tab": edit(RECORDS, "item.md", change=sub("^(author|title): ", "\t\\1: ")),
    "record: colon": edit(RECORDS, "item.md", change=sub("^(author|title): ", "\\1: a: ")),
    "record: no colon": edit(RECORDS, "item.md", change=sub("^(author|state):", "\\1")),
    "record: CR": edit(RECORDS, "item.md", change=other_line_end("\r")),
    "record: NEL": edit(RECORDS, "item.md", change=other_line_end("\x85")),
    "record: U+2028": edit(RECORDS, "item.md", change=other_line_end("\u2028")),
    "record: UTF-16": edit(RECORDS, "item.md", change=lambda data, _: text(data).encode("utf-16")),
    "record: Latin-1": edit(RECORDS, change=lambda data, _: data + b"caf\xe9\n"),
    "record: NUL": edit(RECORDS, change=lambda data, _: data + b"\0"),
    "record: Kind": edit(RECORDS, change=sub("^kind:", "Kind:")),
    "record: targets": edit(RECORDS, change=sub("^target:", "targets:")),
    "record: no author": edit(RECORDS, change=sub("^author: .*\n", "")),
    "record: no target": edit(RECORDS, change=sub("^target: .*\n", "")),
    "record: kind in capitals": edit(RECORDS, change=upper("^kind: (.)")),
    "record: kind with blanks": edit(RECORDS, change=sub("^(kind: .*?)_", "\\1 ")),
    "record: kind of a hierarchy": edit(RECORDS, change=sub("^kind: .*", "kind: parent")),
    "record: a date for a time": edit(RECORDS, change=sub("^(at: [0-9-]*)T.*", "\\1")),
    "record: an unknown key": edit(RECORDS, change=sub("^author:", "colour: red\nauthor:")),
    "record: half retired": edit(
        RECORDS, change=sub("^author:", "retired_at: 2026-07-01T00:00:00Z\nauthor:")
    ),
    "record: retired in other words": edit(
        RECORDS, change=sub("^author:", "retired: 2026-07-01T00:00:00Z\nauthor:")
    ),
    "retirement: an id that is nowhere": edit(
        RECORDS, change=sub("^retires: ....(.*)", "retires: 0000\\1")
    ),
    "retirement: in lower case": edit(RECORDS, change=sub("^retires: 01KT", "retires: 01kt")),
    "retirement: no reason": edit(
        RECORDS, change=of_retirements(lambda data, _: data[: data.index(b"\n---", 3) + 5])
    ),
    "retirement: retire": edit(RECORDS, change=sub("^retires:", "retire:")),
    "retirement: with a kind": edit(RECORDS, change=sub("^retires:", "kind: blocks\nretires:")),
    "entry: an edited note": edit(JSON, LINES, change=entries(lambda entry: entry | {"note": "x"})),
    "entry: an edited author": edit(
        JSON, LINES, change=entries(lambda entry: entry | {"author": "x"})
    ),
    "entry: Kind": edit(JSON, LINES, change=renamed_key("kind", "Kind")),
    "entry: target_id": edit(JSON, change=renamed_key("target", "target_id")),
    "entry: target": edit(LINES, change=renamed_key("related_ticket", "target")),
    "entry: of another ticket": edit(
        JSON, LINES, change=entries(lambda entry: entry | {"ticket_id": ulid(4)[:13]})
    ),
    "entry: kind of the other list": edit(
        JSON, LINES, change=entries(lambda entry: entry | {"kind": "waiting"})
    ),
    "entry: no object": edit(JSON, LINES, change=entries(lambda entry: [entry])),
    "entry: a list for text": edit(
        JSON, LINES, change=entries(lambda entry: entry | {"author": ["x"]})
    ),
    "entry: a key twice": edit(JSON, LINES, change=sub('"kind":', '"kind": "related", "kind":')),
    "relations.json: a comma more": edit(JSON, change=sub("}\n  \\]", "},\n  ]")),
    "relations.json: another version": edit(JSON, change=sub('"version": ?1', '"version": 2')),
    "relations.json: a comment": edit(
        JSON, change=sub('^  "relations"', '  // all\n  "relations"')
    ),
    "relations.json: the list alone": edit(
        JSON, change=lambda data, _: json.dumps(json.loads(data)["relations"]).encode()
    ),
    "plan: one document": edit(
        LINES, change=lambda data, _: b"[" + data.replace(b"\n", b",") + b"]"
    ),
    "plan: indented": edit(
        LINES,
        change=lambda data, _: (
            json.dumps(json.loads(lines_of(data)[0]), indent=1).encode()
            + b"\n".join([b"", *lines_of(data)[1:], b""])
        ),
    ),
    "plan: two in a line": edit(
        LINES, change=lambda data, _: data.replace(b"}\n{", b"}{", 1) if b"}\n{" in data else data
    ),
    "item: State": edit("item.md", change=sub("^state:", "State:")),
    "item: an invisible character in state": edit("item.md", change=sub("^state:", "state\u200b:")),
    "item: another word": edit("item.md", change=sub("^state: .*", "state: finished")),
    "item: a word in capitals": edit("item.md", change=upper("^state: (.*)")),
    "item: no state": edit("item.md", change=sub("^state: .*", "state: [queued]")),
}
MISTAKES = TARGETS | NAMES | CONTENTS
BORNE = {
    *("record: .md 2", "record: by hand", "record: another ULID", "record: lower case"),
    *("record: copied", "record: an unknown key", "record: retired in other words"),
    *("ticket: copied", "entry: an edited note", "entry: an edited author"),
}
"""After these, a plain reading still finds all that it found before."""
