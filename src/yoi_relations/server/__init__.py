"""A shared PostgreSQL database: the answers of many workspaces, put there by `publish`.

- connection: connects by libpq's own means, and turns errors into the program's own
- reading: asks the database, in place of an index
- scope: which workspaces a question is about, and what is known of the others
- adapter: the program's queries on PostgreSQL
- names: tickets and paths as the database has them, and as an answer shows them
- publication: puts one workspace into the database, in one transaction
- replacement: replaces the rows that differ
- content: what a publication writes: the rows of the index, with names that hold everywhere
- age: whether a publication could be older than the one in the database
- workspaces: the workspaces in the database, as it lists them
- directory: lists them, and forgets one
- schema, migrations: the tables, brought up to date by Alembic
- models: the tables, as SQLModel classes

It needs the extra ``server``; no local command imports it.
"""
