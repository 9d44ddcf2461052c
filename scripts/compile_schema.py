"""Compile src/yoi_relations/index/schema.sql from the SQLModel classes and views.sql."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from yoi_relations.index import models

INDEX = Path(models.__file__).parent
HEADER = "-- Compiled by scripts/compile_schema.py from models.py and views.sql; do not edit.\n"


def compile_schema() -> str:
    """The schema as SQL statements."""
    dialect = sqlite.dialect()
    statements = []
    for table in SQLModel.metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    lines = "".join(f"{statement.strip()};\n\n" for statement in statements)
    return "\n".join(
        line.rstrip().replace("\t", "    ") for line in f"{HEADER}\n{lines}{views()}".split("\n")
    )


def views() -> str:
    """The text of views.sql."""
    return (INDEX / "views.sql").read_text("utf-8")


def main() -> int:
    """Write the schema."""
    target = INDEX / "schema.sql"
    target.write_text(compile_schema(), "utf-8")
    print(f"wrote {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
