"""Who is said to speak: actors beside verbs of saying, after 'enligt', and from one passage to the next."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.classify.said import actor, said_rows, width
from pipeline.classify.tokens import tokens
from pipeline.records import ATTRIBUTIONS, Passage


def rows(*texts: str) -> np.ndarray:  # type: ignore[type-arg]
    """The rows of one document of these passages."""
    passages = [Passage("d", i, 0, len(t), t, "quote" if t[0] == "–" else "sentence") for i, t in enumerate(texts)]
    return said_rows(passages, [tokens(text) for text in texts], [slice(0, len(texts))])


def own(row: np.ndarray) -> set[str]:  # type: ignore[type-arg]
    """The attributions of the passage's own speaker."""
    start = width() - 11 * len(ATTRIBUTIONS) - 6
    return {who for who, given in zip(ATTRIBUTIONS, row[start : start + len(ATTRIBUTIONS)], strict=True) if given}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Vi tar kritiken på allvar, säger rektorn.", "municipality"),
        ("Hemtjänstchefen berättar att planen är klar.", "municipality"),
        ("Bristerna måste åtgärdas, skriver Skolinspektionen.", "inspectorate"),
        ("Enligt mamman hade ingen hört av sig.", "other"),
        ("Revisorerna konstaterar att styrningen är svag.", "auditor"),
    ],
)
def test_the_actor_beside_the_verb_speaks(text: str, who: str) -> None:
    """An actor beside a verb of saying, or after 'enligt', is the passage's own speaker."""
    assert own(rows(text)[0]) == {who}


def test_an_actor_that_is_only_named_does_not_speak() -> None:
    """A passage that names a manager but no saying has no speaker of its own."""
    assert own(rows("Chefen slutade i mars.")[0]) == set()


def test_a_compound_points_where_its_head_does() -> None:
    """A compound that no list holds counts as its head."""
    assert actor("fritidsgårdschefen") == actor("chef") >= 0
    assert actor("bordet") == -1


def test_documents_are_kept_apart() -> None:
    """Who spoke in one document says nothing about the next."""
    texts = ("Det går bra, säger rektorn.", "Det finns mer att göra.")
    passages = [Passage(str(i), 0, 0, len(t), t, "sentence") for i, t in enumerate(texts)]
    apart = said_rows(passages, [tokens(t) for t in texts], [slice(0, 1), slice(1, 2)])
    assert not np.array_equal(apart[1], rows(*texts)[1])
    assert np.array_equal(apart[1], rows(texts[1])[0])
