"""Typed, durable relations between tickets that are folders in git.

The folders sort in the order in which data flows, and imports point one way:

* ``typed``, ``jsontext``: `typing`, `enum` and `json` in small; start-up is what costs;
* ``errors``, ``states``, ``kinds``: the words everything else is said in;
* ``files``: the truth. Finds the workspace, reads tickets and records, writes records;
* ``index``: the cache. A SQLite file made from the files, thrown away when in doubt;
* ``queries``: the questions. Values out of the index, without printing;
* ``recording``: ``add`` and ``retire``. They ask, write one file, and ask again;
* ``surfaces``: the answers. The command line, its tables, plain lines and JSON.
"""

__version__ = "0.1.0"
