"""SHA-256 of a value, without OpenSSL."""

from __future__ import annotations

from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    # `hashlib` returns this too where there is no OpenSSL; to load that costs a quarter of B.
    try:
        from _sha2 import sha256  # Python 3.12 and newer
    except ImportError:
        try:
            from _sha256 import sha256  # Python 3.11
        except ImportError:
            from hashlib import sha256

__all__ = ["digest_of", "sha256"]


def digest_of(content: object) -> str:
    """16 hexadecimal digits of the SHA-256 of `content` as JSON: enough if nobody forges it."""
    return sha256(json_text(content).encode()).hexdigest()[:16]
