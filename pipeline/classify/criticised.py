"""Whom a document criticises: the municipality, a private provider, the inspectorate itself, or another body."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from pipeline.classify.corpus_rows import pattern, rows
from pipeline.records import Document

_FILE = "corpus/places/parties.tsv"
_CRITICISM = re.compile(
    r"kriti[ks]|br[iu]st|brast|föreläg|\bvite|missförhåll|anmärk|underkän|återkalla|\bfel\b|försumm|vanvård|lex sarah",
    re.IGNORECASE,
)
# A private provider or another body stands beside the municipality in most texts: it must outweigh it.
_WEIGHTS = {"inspectorate": 3.0, "private_provider": 1.2, "other": 0.8, "municipality": 1.0}
_TITLE = 3.0


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((party, pattern(text, _FILE, re.IGNORECASE)) for party, text in rows(_FILE, 2))


def criticised(document: Document) -> str | None:
    """'municipality', 'private_provider', 'inspectorate' or 'other'; None where nothing is criticised.

    Counted over the lines that hold a word of criticism; a title counts three times. Where such
    lines name no party, the municipality is meant if the document concerns one.
    """
    criticism = False
    scores: Counter[str] = Counter()
    titles = {block.start for block in document.blocks if block.kind == "title"}
    at = 0
    for line in document.text.split("\n"):
        if _CRITICISM.search(line):
            criticism = True
            weight = _TITLE if at in titles else 1.0
            for party, words in _patterns():
                scores[party] += weight * _WEIGHTS[party] * min(2, len(words.findall(line)))  # type: ignore[assignment]
        at += len(line) + 1
    best = max(scores, key=lambda party: scores[party], default=None)
    if best is not None and scores[best] > 0:
        return best
    return "municipality" if criticism and document.municipalities else None
