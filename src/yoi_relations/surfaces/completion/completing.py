"""What a half-written command line could go on with.

What the commands and their options are is read off the command line itself, so that none is listed
twice; what stands for a ticket, a kind or a record is found by the name of the parameter.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from yoi_relations.surfaces.completion import candidates
from yoi_relations.surfaces.completion.candidates import Candidate, matching

Command = Any
"""A command or a group as Typer makes them of the app; their common class is not exported."""

_KNOWN: dict[str, Callable[[str | None], list[Candidate]]] = {
    "ticket": candidates.tickets,
    "tickets": candidates.tickets,
    "target": candidates.tickets,
    "kind": lambda _: candidates.kinds(),
    "kinds": lambda _: candidates.kinds_and_classes(),
    "records": candidates.records,
    "replaces": candidates.records,
}
"""By name of a parameter, what it takes; asked with the folder that ``-C`` names."""


class _Place(NamedTuple):
    """Where in a command line the next word stands.

    Attributes:
        command: that it belongs to.
        waiting: the option whose value it is, or None.
        position: how many arguments of the command stand before it.
        ended: whether options are over, because of a ``--``.
        directory: what ``-C`` names, so far.
    """

    command: Command
    waiting: Any
    position: int
    ended: bool
    directory: str | None


def complete(root: Command, words: Sequence[str]) -> list[Candidate]:
    """What the last of `words` could become; the others stand before it, without the program.

    Args:
        root: the command line.
        words: as the shell would hand them over.
    """
    *before, typed = words or [""]
    place = _walk(root, before)
    if place is None:
        return []
    if place.waiting is not None:
        return matching(_values(place.waiting, place.directory), typed)
    if typed.startswith("-") and not place.ended:
        flag, equals, value = typed.partition("=")
        if not equals:
            return matching(_flags(place.command), typed)
        return _attached(place, flag, value)
    return matching(_words(place), typed)


def _walk(root: Command, words: Iterable[str]) -> _Place | None:
    place = _Place(root, None, 0, ended=False, directory=None)
    for word in words:
        if place.waiting is not None:
            if place.waiting.name == "directory":
                place = place._replace(directory=os.path.expanduser(word))
            place = place._replace(waiting=None)
        elif word == "--" and not place.ended:
            place = place._replace(ended=True)
        elif word.startswith("-") and not place.ended:
            place = place._replace(waiting=None if "=" in word else _taking(place.command, word))
        elif commands := _commands(place.command):
            if word not in commands:
                return None
            place = place._replace(command=commands[word], position=0)
        else:
            place = place._replace(position=place.position + 1)
    return place


def _attached(place: _Place, flag: str, typed: str) -> list[Candidate]:
    """Values of an option that is written in one word with them."""
    option = _taking(place.command, flag)
    if option is None:
        return []
    found = matching(_values(option, place.directory), typed)
    return [Candidate(f"{flag}={one.value}", one.help) for one in found]


def _words(place: _Place) -> list[Candidate]:
    commands = _commands(place.command)
    if commands:
        return [
            Candidate(name, one.get_short_help_str(limit=candidates.WIDTH))
            for name, one in commands.items()
            if not one.hidden
        ]
    arguments = [one for one in place.command.params if one.param_type_name == "argument"]
    if arguments and arguments[-1].nargs == -1:  # it takes all that follow
        return _values(arguments[min(place.position, len(arguments) - 1)], place.directory)
    if place.position < len(arguments):
        return _values(arguments[place.position], place.directory)
    return []


def _commands(command: Command) -> dict[str, Command]:
    found: dict[str, Command] = getattr(command, "commands", {})
    return found


def _options(command: Command) -> list[Any]:
    return [one for one in command.params if one.param_type_name == "option" and not one.hidden]


def _flags(command: Command) -> list[Candidate]:
    own = [Candidate(flag, one.help or "") for one in _options(command) for flag in one.opts]
    return [*own, Candidate("--help", "Tell what it does and takes.")]


def _taking(command: Command, flag: str) -> Any:  # noqa: ANN401  # an option, or None
    """The option that goes by `flag`, if it takes a value."""
    options = (one for one in _options(command) if flag in one.opts and not one.is_flag)
    return next(options, None)


def _values(parameter: Any, directory: str | None) -> list[Candidate]:  # noqa: ANN401  # as above
    if choices := getattr(parameter.type, "choices", ()):
        return [Candidate(str(choice), "") for choice in choices]
    known = _KNOWN.get(parameter.name)
    return known(directory) if known else []
