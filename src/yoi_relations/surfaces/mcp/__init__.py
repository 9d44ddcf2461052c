"""``relations mcp``: a ``server`` that offers ``tools`` to agents.

Their ``answers`` are the documents of the command line. ``roots`` finds the workspace that a client
speaks of, ``lines`` answers what the SDK passes over.
"""
