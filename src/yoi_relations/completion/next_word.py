"""The candidates for the last word of an incomplete command line, by the table of commands."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from yoi_relations.command_table import HELP, PROGRAM, Command, Offer, Parameter
from yoi_relations.completion import candidates
from yoi_relations.completion.candidates import Candidate, matching
from yoi_relations.kinds import SEQUENCE_CLASSES, RelationClass
from yoi_relations.lean.types import NamedTuple


class _Position(NamedTuple):
    """The position of the next word in a command line."""

    command: Command  # the command or group that it belongs to
    option: Parameter | None = None  # the option whose value it is
    argument: int = 0  # the number of arguments of the command before it
    after_dashes: bool = False  # whether a ``--`` before it ends the options
    directory: str | None = None  # the last value of ``-C`` before it


def complete(words: Sequence[str]) -> list[Candidate]:
    """The candidates for the last of `words`; the words do not include the program's name."""
    *before, typed = words or [""]
    position = _position_after(before)
    if position is None:
        return []
    if position.option is not None:
        return matching(_values(position.option, position.directory), typed)
    if typed.startswith("-") and not position.after_dashes:
        flag, equals, value = typed.partition("=")
        if not equals:
            return matching(_flags(position.command), typed)
        return _attached_values(position, flag, value)
    return matching(_words(position), typed)


def _position_after(words: Iterable[str]) -> _Position | None:
    """The position after `words`; None if they name a command that does not exist."""
    position = _Position(PROGRAM)
    for word in words:
        command = position.command
        if position.option is not None:
            if position.option.name == "directory":
                position = position._replace(directory=os.path.expanduser(word))
            position = position._replace(option=None)
        elif word == "--" and not position.after_dashes:
            position = position._replace(after_dashes=True)
        elif word.startswith("-") and not position.after_dashes:
            position = position._replace(option=_option_with_value(command, word))
        elif command.commands:
            subcommand = command.command_named(word)
            if subcommand is None:
                return None
            position = position._replace(command=subcommand)
        else:
            position = position._replace(argument=position.argument + 1)
    return position


def _attached_values(position: _Position, flag: str, typed: str) -> list[Candidate]:
    """Candidates for ``FLAG=VALUE``, of which the user has typed a part of the value."""
    option = _option_with_value(position.command, flag)
    if option is None:
        return []
    found = matching(_values(option, position.directory), typed)
    return [Candidate(f"{flag}={candidate.value}", candidate.help) for candidate in found]


def _words(position: _Position) -> list[Candidate]:
    """Commands of a group, or values of an argument."""
    if position.command.commands:
        shown = (command for command in position.command.commands if not command.hidden)
        return [Candidate(command.name, _first_sentence(command.help)) for command in shown]
    arguments = position.command.arguments
    index = position.argument
    if arguments and arguments[-1].repeatable:  # it takes all words that follow
        index = min(index, len(arguments) - 1)
    return _values(arguments[index], position.directory) if index < len(arguments) else []


def _first_sentence(text: str) -> str:
    return f"{text.partition('. ')[0].removesuffix('.')}."


def _flags(command: Command) -> list[Candidate]:
    return [Candidate(option.flag, option.help) for option in (*command.options, HELP)]


def _option_with_value(command: Command, flag: str) -> Parameter | None:
    """The option named `flag`, or None if there is none that takes a value."""
    return next((o for o in command.options if o.flag == flag and o.takes_value), None)


def _values(parameter: Parameter, directory: str | None) -> list[Candidate]:
    if parameter.choices:
        return [Candidate(choice.value, "") for choice in parameter.choices]
    return [] if parameter.offers is None else _offered(parameter.offers, directory)


def _offered(offer: Offer, directory: str | None) -> list[Candidate]:
    match offer:
        case Offer.TICKET:
            return candidates.tickets(directory)
        case Offer.RECORD:
            return candidates.records(directory)
        case Offer.KIND:
            return candidates.kinds()
        case Offer.KIND_OR_CLASS | Offer.SEQUENCE_KIND:
            wanted = SEQUENCE_CLASSES if offer is Offer.SEQUENCE_KIND else tuple(RelationClass)
            return candidates.kinds_and_classes(wanted)
        case Offer.REVISION:
            return candidates.revisions(directory)
