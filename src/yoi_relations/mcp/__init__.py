"""``relations mcp``: a ``server`` that offers ``tools`` to agents.

Their ``answers`` are the documents of the command line. ``roots`` finds the workspace that a client
speaks of, ``arguments`` reads what it asks. ``streams``, ``lines``, ``transport``, ``pending`` and
``outgoing`` carry the messages.
"""
