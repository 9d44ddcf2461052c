"""The history of the database's schema, for Alembic; `relations server migrate` runs it.

A revision that was released is never edited. A new one lists kinds, states and views itself instead
of importing them, and its name is added to `schema.REVISIONS`.
"""
