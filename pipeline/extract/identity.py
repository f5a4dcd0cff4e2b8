"""Who a document is: an id from raw source values, a digest and a fingerprint of its content."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Any

SHINGLE = 5
"""Words per shingle of the fingerprint."""
PERMUTATIONS = 64
"""Values per fingerprint; the estimated Jaccard similarity has a standard error of at most .0625."""
_MOST_WORDS = 30_000
_WORD = re.compile(r"\w+")


def document_id(url: str, sha256: str, part: int | None = None) -> str:
    """First 16 hex digits of SHA-256 over URL, payload digest and part: raw values, never cleaned text."""
    raw = f"{url}\n{sha256}\n{'' if part is None else part}"
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def words(text: str) -> list[str]:
    """The words of a text, lower case, without punctuation: what two copies of a page have in common."""
    return _WORD.findall(text.casefold())


def content_digest(text: str) -> str:
    """SHA-256 (hex) over the words of a text; '' for a text without words.

    Two pages with the same words in the same order have the same digest, whatever the
    line breaks, the case and the punctuation.
    """
    found = words(text)
    return hashlib.sha256(" ".join(found).encode("utf-8", "replace")).hexdigest() if found else ""


@cache
def _permutations() -> Any:
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, seed=1, scheme="affine32").permutations


def minhash(fingerprint: tuple[int, ...] | None = None) -> Any:
    """An empty datasketch MinHash of our size, or the one with these stored values (scheme 'affine32')."""
    import numpy as np
    from datasketch import MinHash

    values = None if fingerprint is None else np.array(fingerprint, dtype=np.uint32)
    return MinHash(num_perm=PERMUTATIONS, seed=1, permutations=_permutations(), hashvalues=values, scheme="affine32")


def fingerprint(text: str) -> tuple[int, ...]:
    """MinHash values over the 5-word shingles of a text (at most the first 30,000 words); () without words.

    Method: Broder 1997, 'On the resemblance and containment of documents'; by datasketch.
    """
    found = words(text)[:_MOST_WORDS]
    if not found:
        return ()
    last = max(1, len(found) - SHINGLE + 1)
    shingles = {" ".join(found[i : i + SHINGLE]).encode("utf-8", "replace") for i in range(last)}
    signature = minhash()
    signature.update_batch(list(shingles))
    return tuple(int(value) for value in signature.hashvalues)


def similarity(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """Estimated Jaccard similarity (0-1) of two fingerprints; 0 when one of them is empty."""
    if not a or len(a) != len(b):
        return 0.0
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)
