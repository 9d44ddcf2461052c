"""Tickets and records in the work tree, which are the only truth.

``sources``: the tickets of yoi and of other tools, behind one protocol. ``other_tools``: how those
are recognised and configured. ``backlog_config``: reads the configuration of Backlog.md.
``workspace``: finds the workspace and the tickets root. ``configuration``: reads what the workspace
says about that. ``workspace_name``: what the workspace is called.
``scan_root``: lists the tickets root and its buckets. ``scan_folder``: scans one ticket folder.
``file_tree``: what a scan asks about files. ``git_tree``: the files of a revision.
``staged_tree``: the staging area.
``revision``: finds the workspace in a revision. ``known_objects``: objects of git that lead there.
``conflicts``: what a conflict of a merge says.
``stat_collector``: collects the stat stamps of a scan. ``stat_stamp``: stamps, reliable or racy.
``source``: what a source is, and what can be wrong with it.
``read_source``: reads the bytes of a source. ``safe_read``: reads files without following
links; the disk as a file tree.
``parse``: turns a source into tickets and records. ``parsed``: what that returns.
``ticket_md``: an item.md. ``record``: a record, and the checks that all formats share.
``record_md``, ``record_json``, ``record_jsonl``: the three formats of records. ``record_entry``: an
entry of the two in JSON.
``appended_record``: a second record in the text of the first.
``text``: UTF-8, merge markers, line ends. ``frontmatter``: fences and fields.
``yaml_plain``: the plain case of a frontmatter. ``yaml_full``: any other, with a YAML parser.
``yaml_errors``: why a frontmatter is not YAML. ``yaml_dropped_text``: text that YAML drops.
``toml_plain``, ``toml_bounds``: the configuration, plain, and bounded for a TOML parser.
``json_reader``: strict JSON with line numbers. ``times``: RFC 3339 timestamps.
``ids``: patterns of ids, and their ends. ``nfc``, ``locale_names``: Unicode forms and encodings of
names.
``write``: writes records and retirements. ``open_folder``: opens the folder to write in.
``stray``: files that could hold a record and are not read. ``misplaced``: what only doctor lists.
"""
