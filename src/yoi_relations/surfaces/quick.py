"""The quick door: reads the plain forms of the commands that read, without Typer.

It takes what is beyond doubt and hands the rest over: help, other commands, whatever could be an
error in the arguments. So every message about arguments is Typer's, and a lookup does not wait for
Typer to be imported.
"""

from __future__ import annotations

from yoi_relations.errors import ExitCode
from yoi_relations.surfaces.call import Call, ended
from yoi_relations.surfaces.commands import COMMANDS, version
from yoi_relations.surfaces.table import COMMON, FORMS, Form, Option
from yoi_relations.typed import Any, NamedTuple

_DIGITS = 9
"""Of a number; Python refuses to read very long ones."""


class Asked(NamedTuple):
    """A command line that was understood: the command's form, and all values by name."""

    form: Form
    values: dict[str, Any]


class _HandOverError(Exception):
    """Something that is better left to Typer."""


def answer(arguments: list[str]) -> int | None:
    """The exit status of the command that `arguments` ask for; None to hand them over."""
    if arguments[:-1] == ["hooks", "run", "-C"]:
        from yoi_relations.surfaces.hooks.run import refresh_quietly  # noqa: PLC0415  # for hooks

        refresh_quietly(arguments[-1])
        return ExitCode.DONE
    if arguments == ["--version"]:
        return ended(version, as_json=False)
    asked = understand(arguments)
    if asked is None:
        return None
    common = {option.name: asked.values.pop(option.name) for option in COMMON}
    call = Call(**common)
    command = COMMANDS[asked.form.name]
    return ended(lambda: command(call, **asked.values), as_json=call.as_json)


def understand(arguments: list[str]) -> Asked | None:
    """What `arguments` ask for; None where that is not beyond doubt."""
    try:
        return _parse(arguments)
    except _HandOverError:
        return None


def _parse(arguments: list[str]) -> Asked:
    rest = list(reversed(arguments))
    values = {option.name: option.unset for option in COMMON}
    known = {option.flag: option for option in COMMON}
    name = _options(rest, known, values)
    form = FORMS.get(name or "")
    if form is None:
        raise _HandOverError
    values |= {option.name: option.unset for option in form.options}
    known |= {option.flag: option for option in form.options}
    words = list(iter(lambda: _options(rest, known, values), None))
    if form.argument is not None:
        values[form.argument.name] = words if form.argument.repeatable else _only(words)
    elif words:
        raise _HandOverError
    return Asked(form, values)


def _options(rest: list[str], known: dict[str, Option], values: dict[str, Any]) -> str | None:
    """Take options from the end of `rest` into `values`; the word behind them, or None."""
    while rest:
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
    if not rest or rest[-1].startswith("-"):
        raise _HandOverError
    return rest.pop()


def _store(option: Option, text: str, values: dict[str, Any]) -> None:
    value = _converted(option, text)
    before = values[option.name]
    if isinstance(before, list):
        before.append(value)
    else:
        values[option.name] = value


def _converted(option: Option, text: str) -> str | int:
    if option.choices is not None:
        if text not in list(option.choices):
            raise _HandOverError
        return option.choices(text)
    if option.least is None:
        return text
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise _HandOverError
    if int(text) < option.least:
        raise _HandOverError
    return int(text)


def _only(words: list[str]) -> str | None:
    if len(words) > 1:
        raise _HandOverError
    return words[0] if words else None
