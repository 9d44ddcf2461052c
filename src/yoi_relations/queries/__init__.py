"""Questions about the index: plain SQL in, frozen values out, nothing printed.

``catalog``: what a question is put to, an index or a shared database; ``scope``: which workspaces
it is about, and what is known of the others.

Values: ``tickets``: tickets by id and state; ``records``: records and the conditions that select
them; ``relations``: relations made of records; ``retirements``: retirement files;
``near_relations``: records with a misspelled target; ``problems``: problems of the files;
``inactive_reasons``: why a relation is not active, in words.

``reached``: what tickets of a shared database reach.

Names: ``ticket_lookup``: tickets by any name; ``ticket_search`` and ``ticket_names``: names that
are not ids; ``record_lookup``: records by any name; ``path_base``: what paths are relative to.

Answers: ``show``: the answer of `show`, with ``show_page``: its first page, and ``record_filter``:
author and time; ``answer_problems``: problems that could alter an answer; ``check``: the answer of
`check`, with ``check_reasons``: reasons from relations, ``unknowns``: what cannot be established,
``unknown_reasons``: reasons from that, ``base_reasons``: reasons from `--base`, ``cycles``,
``graph``: graph algorithms, ``replacements``: which ticket replaced which, and ``holds``: tickets
that a ticket holds; ``overview``: the answer of `graph`; ``tree``: the answer of `tree`, with
``tree_walk``; ``counts``: counts for `status`; ``worktree_sides``, ``worktree_show`` and
``worktree_check``: answers over several work trees; ``changes`` and ``verdict_changes``:
differences between two indexes, as `watch` prints them, with their ``change_types``;
``difference``: the answer of `diff`, with ``sides``: what it compares, ``ticket_changes`` and
``relation_changes``; ``merge_outcome``: the answer of `diff --merge`; ``log``: the answer of `log`;
``provenance``: that of `show --provenance`; ``committed``: which records are in the last commit;
``contradictions``: relations that contradict each other; ``command_lines``: shell lines for hints;
``tool_commands``: those of other tools; ``doctor``: findings.
"""
