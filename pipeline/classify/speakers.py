"""Who says it: the passage's own signs, weighed by whose document it is and by who spoke before.

A linear model cannot know that a quotation in a newspaper is a party's word while the same words on a municipal page
are the municipality's own. Its features are therefore products of the document's voice with the passage's signs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import softmax

from pipeline.classify.features import Floats, document_slices
from pipeline.classify.said import said_rows
from pipeline.records import ATTRIBUTIONS, Passage

_OPENING = frozenset({"–", "-", '"'})
_SAYING = frozenset({"säger", "berättar", "menar", "skriver", "anser", "enligt"})


def _signs(words: Sequence[Sequence[str]]) -> Floats:
    """Passages x (opens with a dash or quotation mark, holds a quotation mark, names a speaker)."""
    rows = [(bool(mine) and mine[0] in _OPENING, '"' in mine, not _SAYING.isdisjoint(mine)) for mine in words]
    return np.array(rows, dtype=np.float32).reshape(len(rows), 3)


def _shifted(values: Floats, slices: Sequence[slice], step: int) -> Floats:
    """The row ``step`` passages away within the document, noughts beyond its ends."""
    result = np.zeros_like(values)
    for part in slices:
        length = part.stop - part.start
        if abs(step) < length:
            source = values[part][step:] if step > 0 else values[part][:step]
            result[part][-step if step < 0 else 0 : length - step if step > 0 else length] = source
    return result


def speaker_features(
    passages: Sequence[Passage],
    words: Sequence[Sequence[str]],
    own: Floats,
    voice: Floats,
    polarity: Floats,
    lists: Floats,
    shape: Floats,
) -> Floats:
    """Features of the last step.

    ``words``: the tokens of each passage; ``own``: raw scores by speaker of each passage (n, 5); ``voice``: of its
    document (n, 5); ``polarity``: raw scores (n, 4); ``lists``: the cue lists of each passage; ``shape``: its shape
    (``features.Context``).
    """
    slices = document_slices([passage.document for passage in passages])
    mean, place = np.zeros_like(own), np.zeros((len(own), 2), dtype=np.float32)
    for part in slices:
        mean[part] = own[part].mean(axis=0)
        place[part.start, 0] = 1
        place[part.start : min(part.start + 3, part.stop), 1] = 1
    signs, chance = _signs(words), softmax(3 * own, axis=1)
    small = np.hstack([
        signs, place, _shifted(signs, slices, -1), _shifted(signs, slices, 1), lists[:, : len(ATTRIBUTIONS)],
        lists[:, lists.shape[1] // 2 :], shape, np.ones((len(own), 1), dtype=np.float32),
        softmax(3 * polarity, axis=1), chance, _shifted(chance, slices, -1), _shifted(chance, slices, 1),
    ])  # fmt: skip
    product = softmax(1.5 * voice, axis=1)[:, :, None] * small[:, None, :]
    around = [own, voice, mean, _shifted(own, slices, -1), _shifted(own, slices, 1), small]
    said = said_rows(passages, words, slices)
    result: Floats = np.hstack([
        *around, said, product.reshape(len(own), product.shape[1] * product.shape[2])
    ]).astype(np.float32)  # fmt: skip
    return result
