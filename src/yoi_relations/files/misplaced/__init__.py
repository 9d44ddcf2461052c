"""What is in a wrong place, or has a wrong name, and is not read: for doctor alone.

``search`` walks the tickets root, ``ticket_folder`` one ticket's folder; ``misplacement`` is what
both report. No verdict depends on these; what could hold a record is a source (``stray``).
"""
