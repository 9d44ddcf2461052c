"""The front door: ``relations`` and ``python -m yoi_relations``."""

from __future__ import annotations

import sys

from yoi_relations.errors import ExitCode


def main() -> None:
    """Run the command line and end the process with its exit status."""
    try:
        # Imported here, so that Ctrl-C is answered alike while the imports run.
        from yoi_relations.surfaces.cli import run  # noqa: PLC0415

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
