"""The front door: ``relations`` and ``python -m yoi_relations``."""

from __future__ import annotations

import sys

from yoi_relations.surfaces.cli import run


def main() -> None:
    """Run the command line and end the process with its exit status."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
