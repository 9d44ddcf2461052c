"""Findings: what is wrong with the files, contradicts itself or has expired. Read-only.

``findings``: what a finding is, and all codes; ``contents``: what a workspace holds; ``diagnosis``:
all findings of a workspace. Each other module makes the findings of one family: ``broken_files``,
``folders``, ``misplaced``, ``targets``: targets that do not exist; ``names``: ids and slugs that
mean two things; ``retirements``, ``cycles``, ``contradictions``, ``expired``, and ``repeated``:
repeated records and mentions in texts.
"""
