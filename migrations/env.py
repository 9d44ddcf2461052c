"""Runs the revisions on the database that ``-x url=…`` names.

It imports only ``index.models`` of the package, so that the revisions run without the command line.
"""

from alembic import context
from alembic.util import CommandError
from sqlalchemy import create_engine, pool
from sqlmodel import SQLModel

from yoi_relations.index import models  # noqa: F401  # fills the metadata


def _url() -> str:
    """The URL of the database; there is no default, because a cache is never migrated."""
    url = context.get_x_argument(as_dictionary=True).get("url")
    if not isinstance(url, str) or not url:
        raise CommandError("name a scratch database: alembic -x url=sqlite:///scratch.sqlite3 ...")
    return url


def _print_sql() -> None:
    context.configure(url=_url(), target_metadata=SQLModel.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def _run() -> None:
    engine = create_engine(_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection, target_metadata=SQLModel.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    _print_sql()
else:
    _run()
