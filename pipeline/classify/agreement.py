"""How far two readers of the same passages agree: chance-corrected by theme, and as F1 of one against the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.classify.annotations import Labelled, read_labelled
from pipeline.classify.scores import Judged, macro, micro, polarity_accuracy, theme_counts
from pipeline.codebook import load_codebook
from pipeline.errors import InputError


@dataclass(frozen=True, slots=True)
class Agreement:
    """Figures of two readers, as fractions. ``kappa``: Cohen's kappa by theme (None where neither gave it)."""

    passages: int
    micro_f1: float
    macro_f1: float
    theme_polarity_f1: float
    polarity: float
    attribution: float
    kappa: dict[str, float | None]


def cohen(both: int, first: int, second: int, total: int) -> float | None:
    """Cohen's kappa (1960) of a yes/no decision: ``both`` said yes, ``first`` and ``second`` in all, of ``total``."""
    if not total or not (first or second):
        return None
    observed = (total - first - second + 2 * both) / total
    chance = (first * second + (total - first) * (total - second)) / total**2
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)


def _pairs(first: Sequence[Labelled], second: Sequence[Labelled]) -> list[Judged]:
    other = {(row.passage.document, row.passage.index): row for row in second}
    found = []
    for row in first:
        match = other.get((row.passage.document, row.passage.index))
        if match is not None and not (row.boilerplate or match.boilerplate):
            labels = frozenset(row.labels), frozenset(match.labels)
            found.append(Judged(row.passage.document, *labels, row.attribution, match.attribution))
    return found


def agreement_of(rows: Sequence[Judged]) -> Agreement:
    """The agreement of two readers over ``rows``, at least one: the first is taken as true, the second as given."""
    themes = load_codebook().theme_ids
    plain = theme_counts(rows, themes, False).sum(axis=0)
    paired = theme_counts(rows, themes, True).sum(axis=0)
    spoken = [row.true_attribution == row.given_attribution for row in rows if row.true_attribution]
    return Agreement(
        len(rows), micro(plain), macro(plain), micro(paired), polarity_accuracy(rows),
        sum(spoken) / len(spoken) if spoken else 1.0,
        {
            theme: cohen(int(hits), int(true), int(given), len(rows))
            for theme, (hits, given, true) in zip(themes, plain, strict=True)
        },
    )  # fmt: skip


def agreement(first: Path, second: Path) -> Agreement:
    """The agreement of two labelled files over the passages (document, number) that both hold as content.

    Raises InputError where they share none.
    """
    rows = _pairs(read_labelled(first), read_labelled(second))
    if not rows:
        raise InputError(f"{first} and {second}: hold no passage in common; compare files of the same documents.")
    return agreement_of(rows)
