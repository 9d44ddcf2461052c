"""The full command line: Typer's commands, made of the table, for help and all that can be wrong.

Only `__main__` imports it. What Typer understands becomes the same `Request` as on the fast path.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import sys
from collections.abc import Callable
from dataclasses import make_dataclass
from typing import Annotated, Any

import typer

from yoi_relations.call import Call, ended
from yoi_relations.cli.commands import Request, version
from yoi_relations.command_table import (
    COMMON,
    HELP,
    PROGRAM,
    VERSION,
    Command,
    Parameter,
    leaves,
)
from yoi_relations.errors import ExitCode, UsageError
from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.render.output import write_answer
from yoi_relations.word_hints import separate_options_hint

_PANEL = "Everywhere, before or after the command"
_CONTEXT = "context"
"""Where a command finds what Typer knows of the line."""


def run(arguments: list[str]) -> int:
    """Run one command; its exit status."""
    return ended(lambda: _answer(arguments), as_json=_asked_for_json(arguments))


def _asked_for_json(arguments: list[str]) -> bool:
    """Whether errors must be JSON, for when the arguments cannot be understood."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return "--json" in arguments[:end]


def _answer(arguments: list[str]) -> ExitCode:
    # Without a word, help is what somebody looks for.
    request = understand(arguments or [HELP.flag])
    return request.perform() if request else ExitCode.DONE


def understand(arguments: list[str]) -> Request | None:
    """What `arguments` ask for; None where that was help or the version, which are written.

    Raises:
        UsageError: something is wrong with them.
    """
    try:
        # With another `complete_var`, a variable would make it print a program for a shell.
        found = program().main(
            arguments, prog_name=PROGRAM.name, complete_var="", standalone_mode=False
        )
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        raise UsageError(error.format_message(), _see_help(context)) from error
    context = getattr(found, _CONTEXT, None)
    return _request(context) if context else None


def _see_help(context: Any) -> str:  # noqa: ANN401  # Typer exports a child of its class
    return f"see {context.command_path if context else PROGRAM.name} {HELP.flag}"


def _request(context: Any) -> Request:  # noqa: ANN401  # as above
    """What a command was given, and the groups around it; what is nearer to the end wins.

    Raises:
        UsageError: a value is not what its parameter takes.
    """
    given: dict[str, Any] = {}
    around = context
    while around is not None:
        given = {name: value for name, value in around.params.items() if _is_given(value)} | given
        around = around.parent
    path = context.command_path.partition(" ")[2]
    hint = _see_help(context)
    own = leaves()[path].parameters
    values = {one.name: one.unset for one in (*COMMON, *own)}
    for one in (*COMMON, *own):
        if one.name in given:
            values[one.name] = _taken(one, given[one.name], hint)
        elif one.required:
            raise UsageError(f"Missing {_named(one)}.", hint)
    call = Call(**{one.name: values.pop(one.name) for one in COMMON})
    return Request(path, call, values)


def _named(parameter: Parameter) -> str:
    """A parameter as errors name it."""
    return f"option '{parameter.flag}'" if parameter.flag else f"argument '{parameter.metavar}'"


def _is_given(value: Any) -> bool:  # noqa: ANN401  # any parameter's
    return value is not None and value is not False and value != ()


def _taken(parameter: Parameter, given: Any, hint: str) -> Any:  # noqa: ANN401  # any parameter's
    """The value of a parameter, of the text that Typer has read."""
    if parameter.repeatable:
        return [_value(parameter, text, hint) for text in given]
    return given if given is True else _value(parameter, given, hint)


def _value(parameter: Parameter, text: str, hint: str) -> str | float:
    try:
        return parameter.value_of(text)
    except ValueError as error:
        better = separate_options_hint(parameter.flag, text, parameter.choices or ())
        message = f"Invalid value for '{parameter.flag}': {error}"
        raise UsageError(message, better or hint) from error


@functools.cache
def program() -> Any:  # noqa: ANN401  # Typer exports a child of its class
    """The program with all its commands, as Typer makes it of the table."""
    app = typer.Typer(name=PROGRAM.name, add_completion=False, pretty_exceptions_enable=False)
    _declare(app, PROGRAM)
    made = typer.main.get_command(app)
    _leave_text_alone(made)
    return made


def _leave_text_alone(command: Any) -> None:  # noqa: ANN401  # as above
    """Take from Typer what the table does with text: typer 0.29 loads pydantic for it."""
    for one in command.params:
        if not getattr(one, "is_flag", False):
            one.process_value = lambda _context, text: text
    for inner in getattr(command, "commands", {}).values():
        _leave_text_alone(inner)


def _declare(group: typer.Typer, declared: Command) -> None:
    """Declare what a group takes, and its commands, to `group`."""
    group.callback(help=declared.help, add_help_option=False)(_values_of(declared))
    for one in declared.commands:
        if one.commands:
            inner = typer.Typer()
            _declare(inner, one)
            group.add_typer(inner, name=one.name)
        else:
            group.command(
                one.name,
                help=one.help,
                epilog=_kinds_help() if one.lists_kinds else None,
                hidden=one.hidden,
                add_help_option=False,
            )(_values_of(one))


def _values_of(command: Command) -> type:
    """A class with a field for each parameter: Typer reads off it what the command takes."""
    context = (_CONTEXT, typer.Context)
    own = [_field(one) for one in (*command.parameters, HELP, *COMMON)]
    return make_dataclass(command.name, [context, *own], kw_only=True)


def _field(parameter: Parameter) -> tuple[str, Any] | tuple[str, Any, Any]:
    """A field for text, or for a flag; what text stands for, the table knows."""
    kind: Any = str
    if parameter.repeatable:
        kind = list[str]
    elif parameter.flag and not parameter.takes_value:
        kind = bool
    annotation = Annotated[kind, _info(parameter)]
    if parameter.required:
        return parameter.name, annotation
    default = parameter.default and str(parameter.default)
    return parameter.name, annotation, False if kind is bool else default


def _info(parameter: Parameter) -> Any:  # noqa: ANN401  # an OptionInfo or an ArgumentInfo
    """What Typer takes beside the type of a value."""
    if not parameter.flag:
        dots = "..." if parameter.repeatable else ""
        return typer.Argument(metavar=f"{parameter.metavar}{dots}", help=parameter.help)
    callback = _PAGES.get(parameter)
    return typer.Option(
        parameter.flag,
        *(["-h"] if parameter is HELP else []),
        metavar=parameter.metavar or _alternatives(parameter),
        help=parameter.help,
        callback=callback,
        is_eager=callback is not None,
        rich_help_panel=_PANEL if parameter in COMMON else None,
    )


def _print_version(wanted: bool) -> None:  # noqa: FBT001  # Typer's way to call it
    if wanted:
        version()
        raise typer.Exit


def _print_help(context: typer.Context, wanted: bool) -> None:  # noqa: FBT001  # as above
    """Print help as every answer goes out: whole, or with an error that says why not.

    Rich would end the process with status 1 where the reader has gone, and not say what failed
    where there is no room; and colour what it prints into a pipe for `FORCE_COLOR`.
    """
    if not wanted:
        return
    from typer import rich_utils  # noqa: PLC0415  # only help needs Rich

    if not os.environ.get("COLUMNS", "1").strip("0"):
        del os.environ["COLUMNS"]  # a width of 0, in which Rich would draw no help
    rich_utils.FORCE_TERMINAL = sys.stdout.isatty()
    with contextlib.redirect_stdout(io.StringIO()) as page:
        page.write(context.get_help())
    write_answer(page.getvalue())
    raise typer.Exit


_PAGES: dict[Parameter, Callable[..., None]] = {HELP: _print_help, VERSION: _print_version}
"""What is written instead of an answer."""


def _alternatives(parameter: Parameter) -> str:
    """What help calls a value that has no name; nothing where there is no value."""
    return f"<{'|'.join(parameter.choices)}>" if parameter.choices else ""


def _kinds_help() -> str:
    """The kinds by class, for the end of a help text."""
    return "Kinds by class. " + "; ".join(
        f"{cls}: {', '.join(k.name.replace('_', '-') for k in KINDS.values() if k.cls is cls)}"
        for cls in RelationClass
    )
