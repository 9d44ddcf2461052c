"""``relations watch``: a ``loop`` that looks when ``wake`` says that it is time to.

What it finds are ``changes``, told by ``printing``; ``lock`` keeps a second one away.
"""
