"""Provenance: how a paragraph of the source is told by its hash, without keeping its text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def normalised(text: str) -> str:
    """Return text in NFC, its runs of white space folded to single spaces."""
    import unicodedata

    return " ".join(unicodedata.normalize("NFC", text).split())


def passage_hash(text: str) -> str:
    """Return the SHA-256 of a paragraph's normalised text, in hexadecimal."""
    return _sha256(normalised(text))


def passage_hashes(article: str) -> Iterator[tuple[int, str]]:
    """Yield number and hash of an article's non-empty lines, counted from 1."""
    lines = (line for line in article.splitlines() if line.strip())
    for number, line in enumerate(lines, 1):
        yield number, passage_hash(line)


def digest(documents: dict[str, Any]) -> str:
    """Return ``sha256:`` and the hash of the documents' canonical JSON (RFC 8785).

    The standard encoder gives the canonical form for what our schemas admit: keys in ASCII, and
    numbers that are whole or plain decimals (read so that 1.0 is 1).
    """
    canonical = json.dumps(documents, ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
    return f"sha256:{_sha256(canonical)}"


def _sha256(text: str) -> str:
    import hashlib  # it brings OpenSSL, which is a lot for an answer that names no digest

    return hashlib.sha256(text.encode()).hexdigest()
