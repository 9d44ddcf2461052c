"""The entry point of ``relations`` and ``python -m yoi_relations``."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and end the process with its exit status."""
    # A lookup ends before it has much garbage.
    gc.disable()
    arguments = sys.argv[1:]
    # The imports are inside the try block, so that Ctrl-C during an import also ends with 130.
    try:
        if not all(map(str.isascii, arguments)):
            from yoi_relations.files.locale_names import as_text  # noqa: PLC0415  # rarely needed

            arguments = [as_text(word) for word in arguments]
        from yoi_relations.cli import fast_path  # noqa: PLC0415  # inside the try block

        code = fast_path.run(arguments)
        if code is None:
            gc.enable()
            from yoi_relations.cli.typer_app import run  # noqa: PLC0415  # heavy

            code = run(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except (ImportError, AttributeError, MemoryError, OSError) as error:
        code = _report_failure(error)
    _end_process(code)


def _report_failure(error: Exception) -> int:
    """Report an error that no command has handled; the exit code."""
    try:
        from yoi_relations import failures  # noqa: PLC0415  # only for errors
        from yoi_relations.render import output  # noqa: PLC0415  # only for errors

        output.prepare_streams()
        failed = failures.failure_of(error)
        mode = output.Mode.JSON if "--json" in sys.argv else output.Mode.PLAIN
        output.report_error(failed, mode)
    except MemoryError:  # not enough to load the report
        os.write(2, b"relations: there is not enough memory\n")
        return 1
    return failed.exit_code


def _end_process(code: int) -> None:
    """Flush the output and end without clean-up, which would take a fifth of the start-up time."""
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105  # importing contextlib takes time
            stream.flush()
        except OSError:
            pass
    os._exit(code)


if __name__ == "__main__":
    main()
