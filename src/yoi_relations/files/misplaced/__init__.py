"""Misplaced files and folders: only ``doctor`` lists them, and no verdict depends on them.

``search``: walks the tickets root.
``ticket_folder``: walks one ticket folder.
``misplacement``: what both report, and its codes.
"""
