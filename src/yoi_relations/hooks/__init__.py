"""Git hooks that keep the index current.

installation: install, uninstall and list the hooks.
folder: the folder in which git looks for hooks, and the state of each hook.
shell_section: the marked section of shell script in a hook.
refresh: what an installed hook runs.
"""
