"""What changes the truth: ``add`` a record, ``retire`` a record.

Both ask the index first, write one file through ``files.write``, and ask again, so that what they
report is what the next question will be answered with (``recorded``). ``guard`` keeps out what does
not belong into git; ``authors`` knows who records.
"""
