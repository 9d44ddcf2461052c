"""``relations serve``: the page, live, on this machine alone.

- ``server``: listens on a loopback address, and prints the address of the page.
- ``app``: the three answers: the page, its data, and the events that say when to fetch it again.
- ``access``: which requests are answered at all.
- ``connections``: how many connections can be open.
- ``live_page``: the page as of the last scan of the files, or of a database.
"""
