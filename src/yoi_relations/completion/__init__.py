"""``relations completion``.

- ``scripts``: the scripts for bash, zsh and fish.
- ``request``: answers a request of a script.
- ``next_word``: the candidates for a position in a command line.
- ``candidates``: tickets, records, kinds, branches and tags as candidates.
"""
