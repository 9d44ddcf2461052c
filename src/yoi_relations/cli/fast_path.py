"""The fast path: reads plain command lines by the table, without Typer.

It hands over help, unusual spellings, and whatever could be an error. So messages about arguments
come from one place, and no command waits for Typer to be imported.
"""

from __future__ import annotations

from yoi_relations.call import Call, exit_status_of
from yoi_relations.cli.commands import Request, version
from yoi_relations.command_table import COMMON, PROGRAM, VERSION, Command, Parameter
from yoi_relations.lean.types import Any


class _HandOverError(Exception):
    """Something that is better left to Typer."""


def run(arguments: list[str]) -> int | None:
    """The exit status of the command that `arguments` ask for; None to hand them over."""
    if arguments == [VERSION.flag]:
        return exit_status_of(version, as_json=False)
    request = understand(arguments)
    if request is None:
        return None
    return exit_status_of(request.perform, as_json=request.call.as_json)


def understand(arguments: list[str]) -> Request | None:
    """What `arguments` ask for; None where that is not beyond doubt."""
    try:
        return _parse(arguments)
    except _HandOverError:
        return None


def _parse(arguments: list[str]) -> Request:
    rest = arguments[::-1]
    values: dict[str, Any] = {one.name: one.unset for one in COMMON}
    common = {one.flag: one for one in COMMON}
    command, path = PROGRAM, []
    while command.commands:
        name = _options(rest, common, values)
        found = command.command_named(name) if name else None
        if found is None:
            raise _HandOverError
        command = found
        path.append(command.name)
    values |= {one.name: one.unset for one in command.parameters}
    words = _words(rest, {one.flag: one for one in command.options}, values)
    _place(words, command, values)
    call = Call(**{one.name: values.pop(one.name) for one in COMMON})
    return Request(" ".join(path), call, values)


def _words(rest: list[str], known: dict[str, Parameter], values: dict[str, Any]) -> list[str]:
    """The words at the end of `rest` that are not options, which go into `values`."""
    words = []
    while (word := _options(rest, known, values)) is not None:
        words.append(word)
    if rest:  # behind ``--``
        words += rest[:-1][::-1]
    return words


def _options(rest: list[str], known: dict[str, Parameter], values: dict[str, Any]) -> str | None:
    """Take options from the end of `rest` into `values`, and the word behind them.

    None where there is no word: at the end, and before ``--``, which stays in `rest`.
    """
    while rest and rest[-1] != "--":
        word = rest.pop()
        if not word.startswith("-"):
            return word
        flag, given, attached = word.partition("=") if word.startswith("--") else (word, "", "")
        if flag not in known:
            raise _HandOverError
        option = known[flag]
        if option.takes_value:
            _store(option, attached if given else _next(rest), values)
        elif given:
            raise _HandOverError
        else:
            values[option.name] = True
    return None


def _next(rest: list[str]) -> str:
    """The value of an option, which stands in a word of its own."""
    if not rest or (rest[-1].startswith("-") and rest[-1] != "-"):
        raise _HandOverError
    return rest.pop()


def _store(parameter: Parameter, text: str, values: dict[str, Any]) -> None:
    try:
        value = parameter.value_of(text)
    except ValueError as error:
        raise _HandOverError from error
    if parameter.repeatable:
        values[parameter.name].append(value)
    else:
        values[parameter.name] = value


def _place(words: list[str], command: Command, values: dict[str, Any]) -> None:
    """Give `words` to the arguments of `command`; then all that must be given is."""
    rest = words[::-1]
    for argument in command.arguments:
        while rest:
            _store(argument, rest.pop(), values)
            if not argument.repeatable:
                break
    if rest or any(one.required and not values[one.name] for one in command.parameters):
        raise _HandOverError
