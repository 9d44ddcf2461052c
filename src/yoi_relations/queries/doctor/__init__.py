"""What is wrong, contradicts itself or has had its day, in all files together; nothing is changed.

``findings`` says what a finding is and which there are, ``commands`` how a command line is written;
``files``, ``folders``, ``misplaced``, ``targets``, ``names``, ``retirements``, ``cycles``,
``contradictions``, ``expired`` and ``texts`` look for one family each; ``diagnosis`` asks them all.
"""
