"""The same content under several addresses: exact by digest, nearly the same by MinHash (datasketch)."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.extract.identity import PERMUTATIONS, minhash, similarity
from pipeline.records import Document

THRESHOLD = 0.85
"""Estimated Jaccard similarity of 5-word shingles from which two texts are the same content."""
_LEAST_WORDS = 20


def group(documents: Iterable[Document], threshold: float = THRESHOLD) -> dict[str, str]:
    """Document id -> id of the first document (in the given order) with the same content.

    A document without a like has its own id. Texts under 20 words are only compared
    exactly: two short notices share most of their shingles by chance.
    """
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=threshold - 0.1, num_perm=PERMUTATIONS)
    by_digest: dict[str, str] = {}
    prints: dict[str, tuple[int, ...]] = {}
    first: dict[str, str] = {}
    for document in documents:
        known = by_digest.get(document.content_digest) if document.content_digest else None
        if known is None and document.fingerprint and len(document.text.split()) >= _LEAST_WORDS:
            known = _nearest(index, prints, document.fingerprint, threshold)
            if known is None and document.id not in prints:
                index.insert(document.id, minhash(document.fingerprint))
                prints[document.id] = document.fingerprint
        first[document.id] = known or document.id
        if document.content_digest:
            by_digest.setdefault(document.content_digest, first[document.id])
    return first


def _nearest(index: object, prints: dict[str, tuple[int, ...]], own: tuple[int, ...], threshold: float) -> str | None:
    found = index.query(minhash(own))  # type: ignore[attr-defined]
    likeness = {name: similarity(own, prints[name]) for name in found}
    best = max(sorted(likeness), key=lambda name: likeness[name], default=None)
    return best if best is not None and likeness[best] >= threshold else None
