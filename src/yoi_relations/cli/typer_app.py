"""The full command line: a Typer app made from the table, for help, errors and unusual spellings.

Only `__main__` imports it. It makes the same `Request` as the fast path.
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

from yoi_relations.call import Call, exit_status_of
from yoi_relations.cli.commands import Request, version
from yoi_relations.command_table import COMMON, HELP, PROGRAM, VERSION, Command, Parameter, leaves
from yoi_relations.errors import ExitCode, UsageError
from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.render.output import write_answer
from yoi_relations.word_hints import separate_options_hint

_COMMON_PANEL = "Options of every command, before or after its name"
_CONTEXT = "context"
"""The field in which Typer passes its context to a command."""


def run(arguments: list[str]) -> int:
    """Run a command line, and return its exit status."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return exit_status_of(lambda: _perform(arguments), as_json="--json" in arguments[:end])


def _perform(arguments: list[str]) -> ExitCode:
    # Without arguments, print help.
    request = parse(arguments or [HELP.flag])
    return request.perform() if request else ExitCode.DONE


def parse(arguments: list[str]) -> Request | None:
    """The request in `arguments`; None after it printed help or the version.

    Raises:
        UsageError: the arguments cannot be understood.
    """
    try:
        # With the default `complete_var`, an environment variable makes it print a shell script.
        result = program().main(
            arguments, prog_name=PROGRAM.name, complete_var="", standalone_mode=False
        )
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        raise UsageError(error.format_message(), _help_hint(context)) from error
    context = getattr(result, _CONTEXT, None)
    return _request(context) if context else None


def _help_hint(context: Any) -> str:  # noqa: ANN401  # Typer does not export its type
    return f"see {context.command_path if context else PROGRAM.name} {HELP.flag}"


def _request(context: Any) -> Request:  # noqa: ANN401  # Typer does not export its type
    """The request of a command, with the options given to it or to its groups; the last one wins.

    Raises:
        UsageError: a value is invalid, or a required one is missing.
    """
    given: dict[str, Any] = {}
    group = context
    while group is not None:
        given = {name: value for name, value in group.params.items() if _is_given(value)} | given
        group = group.parent
    path = context.command_path.partition(" ")[2]
    hint = _help_hint(context)
    parameters = (*COMMON, *leaves()[path].parameters)
    values = {parameter.name: parameter.unset for parameter in parameters}
    for parameter in parameters:
        if parameter.name in given:
            values[parameter.name] = _converted(parameter, given[parameter.name], hint)
        elif parameter.required:
            kind = "option" if parameter.flag else "argument"
            raise UsageError(f"Missing {kind} '{parameter.flag or parameter.metavar}'.", hint)
    call = Call(**{option.name: values.pop(option.name) for option in COMMON})
    return Request(path, call, values)


def _is_given(value: Any) -> bool:  # noqa: ANN401  # its type depends on the parameter
    return value is not None and value is not False and value != ()


def _converted(
    parameter: Parameter,
    given: Any,  # noqa: ANN401  # its type depends on the parameter
    hint: str,
) -> Any:  # noqa: ANN401  # its type depends on the parameter
    """The value of a parameter, from the text that Typer returns.

    Raises:
        UsageError: the value is invalid.
    """
    if parameter.repeatable:
        return [_value(parameter, text, hint) for text in given]
    return given if given is True else _value(parameter, given, hint)


def _value(parameter: Parameter, text: str, hint: str) -> str | float:
    try:
        return parameter.value_of(text)
    except ValueError as error:
        specific_hint = separate_options_hint(parameter.flag, text, parameter.choices or ())
        raise UsageError(f"{parameter.flag}: {error}", specific_hint or hint) from error


@functools.cache
def program() -> Any:  # noqa: ANN401  # Typer does not export its type
    """The Typer command of the whole program."""
    app = typer.Typer(name=PROGRAM.name, add_completion=False, pretty_exceptions_enable=False)
    _declare(app, PROGRAM)
    command = typer.main.get_command(app)
    _disable_conversion(command)
    return command


def _disable_conversion(command: Any) -> None:  # noqa: ANN401  # Typer does not export its type
    """Leave values as text, because the table converts them: typer 0.29 loads pydantic for that."""
    for parameter in command.params:
        if not getattr(parameter, "is_flag", False):
            parameter.process_value = lambda _context, text: text
    for subcommand in getattr(command, "commands", {}).values():
        _disable_conversion(subcommand)


def _declare(group: typer.Typer, declared: Command) -> None:
    """Add the options and commands of `declared`, a group of the table, to `group`."""
    group.callback(help=declared.help, add_help_option=False)(_values_class(declared))
    for command in declared.commands:
        if command.commands:
            subgroup = typer.Typer()
            _declare(subgroup, command)
            group.add_typer(subgroup, name=command.name)
        else:
            group.command(
                command.name,
                help=command.help,
                epilog=_kinds_help() if command.lists_kinds else None,
                hidden=command.hidden,
                add_help_option=False,
            )(_values_class(command))


def _values_class(command: Command) -> type:
    """A class with one field per parameter; Typer reads the command's parameters from it."""
    context = (_CONTEXT, typer.Context)
    fields = [_field(parameter) for parameter in (*command.parameters, HELP, *COMMON)]
    return make_dataclass(command.name, [context, *fields], kw_only=True)


def _field(parameter: Parameter) -> tuple[str, Any] | tuple[str, Any, Any]:
    """A field for text or for a flag; the table converts the text."""
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
    """What Typer needs to know about a parameter apart from its type."""
    if not parameter.flag:
        return typer.Argument(metavar=parameter.metavar, help=parameter.help)
    callback = _CALLBACKS.get(parameter)
    choices = f"<{'|'.join(parameter.choices)}>" if parameter.choices else ""
    return typer.Option(
        parameter.flag,
        *(["-h"] if parameter is HELP else []),
        metavar=parameter.metavar or choices,
        help=parameter.help,
        callback=callback,
        is_eager=callback is not None,
        rich_help_panel=_COMMON_PANEL if parameter in COMMON else None,
    )


def _print_version(wanted: bool) -> None:  # noqa: FBT001  # Typer calls it like this
    if wanted:
        version()
        raise typer.Exit


def _print_help(context: typer.Context, wanted: bool) -> None:  # noqa: FBT001  # Typer calls it like this
    """Print help with `write_answer`, as answers are.

    Rich itself would exit with 1 at a closed pipe, give no reason on a full disk, and colour text
    in a pipe if `FORCE_COLOR` is set.
    """
    if not wanted:
        return
    from typer import rich_utils  # noqa: PLC0415  # only help needs Rich

    if not os.environ.get("COLUMNS", "1").strip("0"):
        del os.environ["COLUMNS"]  # Rich draws no help in a width of 0
    rich_utils.FORCE_TERMINAL = sys.stdout.isatty()
    for name, style in vars(rich_utils).items():
        if name.startswith("STYLE_") and isinstance(style, str):
            # Which colours of words can be read depends on the terminal.
            setattr(rich_utils, name, "bold" if "bold" in style.split() else "")
    with contextlib.redirect_stdout(io.StringIO()) as page:
        page.write(context.get_help())
    write_answer(page.getvalue())
    raise typer.Exit


_CALLBACKS: dict[Parameter, Callable[..., None]] = {HELP: _print_help, VERSION: _print_version}
"""What prints something instead of running a command."""


def _kinds_help() -> str:
    """The kinds by class, for the end of a help page."""
    return "Kinds by class. " + "; ".join(
        f"{cls}: {', '.join(k.name.replace('_', '-') for k in KINDS.values() if k.cls is cls)}"
        for cls in RelationClass
    )
