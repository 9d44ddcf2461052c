"""A shared PostgreSQL database: the answers of many workspaces, put there by `publish`.

- connection: connects by libpq's own means, and turns errors into the program's own
- adapter: the program's queries on PostgreSQL
- publication: puts one workspace into the database, in one transaction
- replacement: replaces the rows that differ
- content: what a publication writes: the rows of the index, with names that hold everywhere
- age: whether a publication could be older than the one in the database
- directory: lists workspaces, and forgets one
- schema, migrations: the tables, brought up to date by Alembic
- models: the tables, as SQLModel classes

It needs the extra ``server``; no local command imports it.
"""
