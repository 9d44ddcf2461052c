"""The fast path: parses plain command lines by the table, without Typer.

It leaves help, unusual spellings and possible errors to the full command line. So messages about
arguments come from one place, and no command waits for the import of Typer.
"""

from __future__ import annotations

from yoi_relations.call import Call, exit_status_of
from yoi_relations.cli.commands import Request, version
from yoi_relations.command_table import COMMON, PROGRAM, VERSION, Command, Parameter
from yoi_relations.lean.types import Any


class _NotPlainError(Exception):
    """The command line is left to the full command line."""


def run(arguments: list[str]) -> int | None:
    """Run a plain command line, and return its exit status; None if it is not plain."""
    if arguments == [VERSION.flag]:
        return exit_status_of(version, as_json=False)
    request = parse(arguments)
    if request is None:
        return None
    return exit_status_of(request.perform, as_json=request.call.as_json)


def parse(arguments: list[str]) -> Request | None:
    """The request in `arguments`; None if they are not a plain command line."""
    try:
        return _parse(arguments)
    except _NotPlainError:
        return None


def _parse(arguments: list[str]) -> Request:
    rest = arguments[::-1]
    values: dict[str, Any] = {option.name: option.unset for option in COMMON}
    common = {option.flag: option for option in COMMON}
    command, path = PROGRAM, []
    while command.commands:
        name = _take_options(rest, common, values)
        found = command.command_named(name) if name else None
        if found is None:
            raise _NotPlainError
        command = found
        path.append(command.name)
    values |= {parameter.name: parameter.unset for parameter in command.parameters}
    words = _take_words(rest, {option.flag: option for option in command.options}, values)
    _assign(words, command, values)
    call = Call(**{option.name: values.pop(option.name) for option in COMMON})
    return Request(" ".join(path), call, values)


def _take_words(
    rest: list[str], options: dict[str, Parameter], values: dict[str, Any]
) -> list[str]:
    """The words of `rest`, which is reversed, that are not options; options go into `values`."""
    words = []
    while (word := _take_options(rest, options, values)) is not None:
        words.append(word)
    if rest:  # after ``--``
        words += rest[:-1][::-1]
    return words


def _take_options(
    rest: list[str], options: dict[str, Parameter], values: dict[str, Any]
) -> str | None:
    """Move options from the end of `rest` into `values`; the word after them.

    The result is None if no word follows, or if ``--`` follows, which stays in `rest`.
    """
    while rest and rest[-1] != "--":
        word = rest.pop()
        if not word.startswith("-"):
            return word
        flag, equals, attached = word.partition("=") if word.startswith("--") else (word, "", "")
        if flag not in options:
            raise _NotPlainError
        option = options[flag]
        if option.takes_value:
            _store(option, attached if equals else _take_value(rest), values)
        elif equals:
            raise _NotPlainError
        else:
            values[option.name] = True
    return None


def _take_value(rest: list[str]) -> str:
    """The value of an option, as the next word."""
    if not rest or (rest[-1].startswith("-") and rest[-1] != "-"):
        raise _NotPlainError
    return rest.pop()


def _store(parameter: Parameter, text: str, values: dict[str, Any]) -> None:
    try:
        value = parameter.value_of(text)
    except ValueError as error:
        raise _NotPlainError from error
    if parameter.repeatable:
        values[parameter.name].append(value)
    else:
        values[parameter.name] = value


def _assign(words: list[str], command: Command, values: dict[str, Any]) -> None:
    """Assign `words` to the arguments of `command`, and check that nothing required is missing."""
    rest = words[::-1]
    for argument in command.arguments:
        while rest:
            _store(argument, rest.pop(), values)
            if not argument.repeatable:
                break
    if rest or any(p.required and not values[p.name] for p in command.parameters):
        raise _NotPlainError
