"""The front door: ``relations`` and ``python -m yoi_relations``."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and end the process with its exit status."""
    # A lookup ends before its garbage would matter.
    gc.disable()
    arguments = sys.argv[1:]
    # Imported here, so that Ctrl-C is answered alike while the imports run.
    try:
        if not all(map(str.isascii, arguments)):
            from yoi_relations.files.locale_names import as_text  # noqa: PLC0415  # rare

            arguments = [as_text(one) for one in arguments]
        from yoi_relations.cli import fast_path  # noqa: PLC0415

        code = fast_path.answer(arguments)
        if code is None:
            gc.enable()
            from yoi_relations.cli.typer_app import run  # noqa: PLC0415

            code = run(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except (ImportError, AttributeError, MemoryError, OSError) as error:
        code = _unusable(error)
    _leave(code)


def _unusable(error: Exception) -> int:
    """Say that the program cannot be loaded; its exit status."""
    try:
        from yoi_relations import failures  # noqa: PLC0415  # for errors
        from yoi_relations.render import output  # noqa: PLC0415  # for errors

        output.prepare_streams()
        failed = failures.failure_of(error)
        mode = output.Mode.JSON if "--json" in sys.argv else output.Mode.PLAIN
        output.report_error(failed, mode)
    except MemoryError:  # not even enough to say more
        os.write(2, b"relations: there is not enough memory\n")
        return 1
    return failed.exit_code


def _leave(code: int) -> None:
    """End the process at once: the answer is out, and tidying up costs a fifth of the start."""
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105  # contextlib costs start-up
            stream.flush()
        except OSError:
            pass
    os._exit(code)


if __name__ == "__main__":
    main()
