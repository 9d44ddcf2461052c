"""The Unicode form of names: file systems may store the same name in several forms."""

from __future__ import annotations


def composed(text: str) -> str:
    """`text` in Unicode NFC, the form in which names are compared."""
    if text.isascii():
        return text
    import unicodedata  # noqa: PLC0415  # few names need it

    return unicodedata.normalize("NFC", text)
