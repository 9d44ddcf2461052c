"""Declares commands to Typer: those in the table as they stand there, and `COMMON` to all."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from yoi_relations.errors import ExitCode
from yoi_relations.surfaces.call import Call
from yoi_relations.surfaces.commands import COMMANDS
from yoi_relations.surfaces.table import COMMON, Form, Option, kinds_help

PANEL = "Everywhere, before or after the command"

_Command = Callable[..., ExitCode | None]


def declare(app: typer.Typer, form: Form) -> None:
    """Make a command of `form`, which does what `COMMANDS` has for it."""
    run = COMMANDS[form.name]

    def command(call: Call, **values: object) -> ExitCode:
        return run(call, **values)

    options = [_parameter(option) for option in form.options]
    argument = [_parameter(form.argument)] if form.argument else []
    epilog = kinds_help() if form.lists_kinds else None
    door = app.command(form.name, help=form.help, epilog=epilog)
    door(with_common(command, [*argument, *options]))


def with_common(
    function: _Command, own: list[inspect.Parameter] | None = None
) -> Callable[..., ExitCode | None]:
    """`function` as Typer can call it: its first parameter, the `Call`, made of common options.

    Args:
        function: takes a `Call` first.
        own: its other parameters; as its signature has them where this is None.
    """
    if own is None:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]

    @functools.wraps(function)
    def command(ctx: typer.Context, **values: Any) -> ExitCode | None:  # noqa: ANN401  # any option's
        here = Call(**{option.name: values.pop(option.name) for option in COMMON})
        # The whole program's options come with no `Call` before them.
        ctx.obj = ctx.obj.with_(here) if ctx.obj else here
        return function(ctx.obj, **values)

    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    common = [_parameter(option) for option in COMMON]
    parameters = [one.replace(kind=context.kind) for one in (context, *own, *common)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {}
    return command


def _parameter(option: Option) -> inspect.Parameter:
    kind: Any = option.choices or (str if option.least is None else int)
    if not option.takes_value:
        kind = bool
    elif option.repeatable:
        kind = list[kind]
    elif option.default is None:
        kind |= None
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=option.unset,
        annotation=Annotated[kind, _info(option)],
    )


def _info(option: Option) -> Any:  # noqa: ANN401  # an OptionInfo or an ArgumentInfo
    make: Any = typer.Option if option.flag else typer.Argument
    flags = [option.flag] if option.flag else []
    return make(
        *flags,
        metavar=option.metavar or None,
        help=option.help,
        min=option.least,
        rich_help_panel=PANEL if option in COMMON else None,
    )
