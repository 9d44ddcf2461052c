"""Writing records: ``add`` a record, ``retire`` records.

Both ask the index, write one file through ``files.write`` and ask again, so that the answer is what
the next question gets.

* ``add``: a request to add a record, and its execution;
* ``retire``: a request to retire records, and its execution;
* ``outcome``: what became of each record, read back from the index;
* ``tickets``: the holder and the target that a request names;
* ``existing_records``: the records that a new record repeats or replaces;
* ``consequences``: the warnings that a new record causes;
* ``record_time``: the time of a new record;
* ``record_file``: the id of a new file, and the check that it can be read;
* ``plan_fields``: the check of the branch and the work tree of a plan;
* ``author``: the author of a record;
* ``guard``: the refusal of texts that do not belong into git, with the patterns of
  ``guard_secrets`` and ``guard_claims``, which are made of ``guard_pattern`` and
  ``guard_fragments``.
"""
