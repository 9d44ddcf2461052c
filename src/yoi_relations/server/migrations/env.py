"""Runs the revisions on the engine that `schema.migrate` passes on, in one transaction."""

from alembic import context

from yoi_relations.server.models import TABLES

with context.config.attributes["engine"].begin() as connection:
    context.configure(connection, target_metadata=TABLES)
    with context.begin_transaction():
        context.run_migrations()
