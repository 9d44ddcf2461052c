"""The truth: ticket folders and records as they lie in the work tree.

``workspace`` finds the root, ``scan`` lists the sources, ``reading`` takes their bytes, ``parse``
makes tickets and records of them (``frontmatter``, ``tickets``, ``records`` and one module a record
format), ``write`` is the only writer.
"""
