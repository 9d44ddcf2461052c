"""The answers: what people, scripts and agents see.

``cli`` reads the command line, ``document`` makes JSON of values, ``plain`` makes lines, ``tables``
draws on a terminal, ``output`` is the way to stdout and stderr.
"""
