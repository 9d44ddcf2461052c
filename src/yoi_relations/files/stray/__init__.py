"""Strays: files and folders that could hold a record and are not read. ``check`` reports them.

``sources``: finds the strays in a ticket folder, each with its fault.
``names``: what a file or folder could be by its name.
``contents``: whether a file could be a record by the start of its content.
``entries``: whether a file holds entries of relations.json or orchestration-plan.jsonl.
"""
