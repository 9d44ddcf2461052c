"""What changes the truth: ``add`` a record, ``retire`` a record.

Both ask the index first, write one file through ``files.write``, and ask again, so that what they
report is what the next question will be answered with.
"""
