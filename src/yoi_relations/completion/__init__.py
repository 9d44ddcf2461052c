"""``relations completion``: what ``completing`` offers of the ``candidates``, and the scripts."""
