"""What a shell can offer: tickets with their titles, records with their sentences, kinds, branches.

A candidate is not an answer: it comes from the index as it is, and the files are not checked. The
index is built only if there is none. The command that is then run checks the files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from yoi_relations.files.workspace import find_workspace, start_folder
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Trust
from yoi_relations.kinds import ALIASES, KINDS, Edge, Kind, RelationClass, dashed, sentence
from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.records import find_records
from yoi_relations.queries.tickets import all_tickets
from yoi_relations.render.output import visible

MAX_HELP_LENGTH = 100
"""Characters of a help text; shells cut it further, to fit on a line."""
_REFERENCES = {"heads": "branch", "tags": "tag", "remotes": "branch of a remote"}
"""The references that are offered, by the first part of their names, and what they are."""


class Candidate(NamedTuple):
    """One word that the shell can offer, with the help that it may show next to it."""

    value: str
    help: str
    search_text: str = ""  # the user may have typed any part of it


def matching(candidates: Sequence[Candidate], typed: str) -> list[Candidate]:
    """The candidates that start with `typed`; if there are none, those whose search text has it.

    Case is ignored. Ids of tickets and records start alike, so people often type another part.
    """
    part = typed.lower()
    return [c for c in candidates if c.value.lower().startswith(part)] or [
        c for c in candidates if part in c.search_text.lower()
    ]


def lines(candidates: Iterable[Candidate]) -> str:
    """One line per candidate: value, tab, help; control characters in the help are escaped."""
    return "".join(f"{c.value}\t{_shortened(visible(c.help))}\n" for c in candidates)


def tickets(directory: str | None) -> list[Candidate]:
    """Every ticket of the workspace around `directory`."""
    with _index_as_it_is(directory) as index:
        found = all_tickets(index.connection)
    return [
        Candidate(
            ticket.id,
            f"{ticket.title or 'no title'} ({ticket.state or 'state unknown'})",
            f"{ticket.id} {ticket.slug or ''} {ticket.title or ''}",
        )
        for ticket in found
        if _is_safe(ticket.id)
    ]


def records(directory: str | None) -> list[Candidate]:
    """Every record that is not retired, by id, with its sentence."""
    with _index_as_it_is(directory) as index:
        found = find_records(index.connection)
    sentences = {
        record.id: sentence(Edge(record.shown, record.edge_ticket, record.edge_target))
        for record in found
        if not record.retired_at and _is_safe(record.id)
    }
    return [Candidate(id_, text, f"{id_} {text}") for id_, text in sentences.items()]


def kinds() -> list[Candidate]:
    """The kinds that `add` accepts."""
    return [_kind_candidate(kind) for kind in KINDS.values()]


def kinds_and_classes(wanted: Collection[RelationClass]) -> list[Candidate]:
    """The words by which `show` and `tree` select kinds, of the classes in `wanted`."""
    kinds = [_kind_candidate(kind) for kind in KINDS.values() if kind.cls in wanted]
    classes = [Candidate(cls.value, "a class of kinds") for cls in wanted]
    aliases = [
        Candidate(alias, f"short for {cls}") for alias, cls in ALIASES.items() if cls in wanted
    ]
    return [*kinds, *classes, *aliases]


def revisions(directory: str | None) -> list[Candidate]:
    """The branches and tags of the repository around `directory`."""
    from yoi_relations.git.ask import ask_git  # noqa: PLC0415  # for revisions

    places = [f"refs/{place}" for place in _REFERENCES]
    asked = ("for-each-ref", "--format=%(refname) %(refname:short)", *places)
    ran = ask_git(start_folder(directory), *asked)
    names = (line.split(" ") for line in ran.stdout.decode(errors="replace").splitlines())
    return [
        Candidate(short, _REFERENCES[whole.split("/")[1]], short)
        for whole, short in names
        if "\ufffd" not in short and _is_safe(short)
    ]


def _kind_candidate(kind: Kind) -> Candidate:
    return Candidate(dashed(kind.name), str(kind.cls), kind.name)


def _index_as_it_is(directory: str | None) -> Index:
    # A notice would be printed into the user's command line.
    return open_index(find_workspace(directory), lambda _: None, trust=Trust.INDEX, wait=0.0)


def _is_safe(value: str) -> bool:
    """Whether a word can be offered: it is not an option and has no control characters."""
    return not value.startswith("-") and value == visible(value)


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_HELP_LENGTH else f"{text[: MAX_HELP_LENGTH - 1]}…"
