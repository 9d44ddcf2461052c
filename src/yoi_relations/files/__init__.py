"""The truth: ticket folders and records as they lie in the work tree.

``workspace`` says where they are, ``root`` lists their folders, ``scan`` the sources in a folder
with their ``stamps`` (``probing``), ``unread`` what could be a record where none is read (by its
name: ``odd_names``), ``misplaced`` what doctor should list. ``reading`` takes their bytes
(``opening``), ``parse`` makes tickets and records of them: ``tickets``, ``records`` and one module
a record format (``markdown``, ``relations_json``, ``plan_jsonl``), over ``frontmatter`` and
``json_text``. What cannot be used is a fault (``faults``). ``write`` is the only writer; it writes
in what ``folders`` opens, and never through a link.
"""
