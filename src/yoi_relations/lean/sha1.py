"""SHA-1, by which git names objects, without OpenSSL."""

from __future__ import annotations

from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha1
else:
    try:
        from _sha1 import sha1  # `lean.digest` has the reason
    except ImportError:
        from hashlib import sha1

__all__ = ["sha1"]
