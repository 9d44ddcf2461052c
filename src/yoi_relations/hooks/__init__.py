"""Git hooks: ``manage`` puts the section that ``shell`` writes where ``state`` finds hooks.

``run`` is what they call.
"""
