"""What a half-written command line could go on with, by the table of commands."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from yoi_relations.command_table import HELP, PROGRAM, Command, Offer, Parameter
from yoi_relations.completion import candidates
from yoi_relations.completion.candidates import Candidate, matching
from yoi_relations.lean.types import NamedTuple


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
    waiting: Parameter | None = None
    position: int = 0
    ended: bool = False
    directory: str | None = None


def complete(words: Sequence[str]) -> list[Candidate]:
    """What the last of `words` could become; the others stand before it, without the program."""
    *before, typed = words or [""]
    place = _walk(before)
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


def _walk(words: Iterable[str]) -> _Place | None:
    place = _Place(PROGRAM)
    for word in words:
        if place.waiting is not None:
            if place.waiting.name == "directory":
                place = place._replace(directory=os.path.expanduser(word))
            place = place._replace(waiting=None)
        elif word == "--" and not place.ended:
            place = place._replace(ended=True)
        elif word.startswith("-") and not place.ended:
            place = place._replace(waiting=None if "=" in word else _taking(place.command, word))
        elif place.command.commands:
            command = place.command.command_named(word)
            if command is None:
                return None
            place = place._replace(command=command)
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
    """Commands of a group, or values of an argument."""
    if place.command.commands:
        shown = (one for one in place.command.commands if not one.hidden)
        return [Candidate(one.name, _in_short(one)) for one in shown]
    arguments = place.command.arguments
    if arguments and arguments[-1].repeatable:  # it takes all that follow
        return _values(arguments[min(place.position, len(arguments) - 1)], place.directory)
    if place.position < len(arguments):
        return _values(arguments[place.position], place.directory)
    return []


def _in_short(command: Command) -> str:
    """The first sentence of its help."""
    return f"{command.help.partition('. ')[0].removesuffix('.')}."


def _flags(command: Command) -> list[Candidate]:
    return [Candidate(one.flag, one.help) for one in (*command.options, HELP)]


def _taking(command: Command, flag: str) -> Parameter | None:
    """The option that goes by `flag`, if it takes a value."""
    return next((one for one in command.options if one.flag == flag and one.takes_value), None)


def _values(parameter: Parameter, directory: str | None) -> list[Candidate]:
    if parameter.choices:
        return [Candidate(choice.value, "") for choice in parameter.choices]
    match parameter.offers:
        case Offer.TICKET:
            return candidates.tickets(directory)
        case Offer.RECORD:
            return candidates.records(directory)
        case Offer.KIND:
            return candidates.kinds()
        case Offer.KIND_OR_CLASS:
            return candidates.kinds_and_classes()
        case None:
            return []
