"""Texts as numbers: the same words as by the plain way, and phrases found in many texts at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify.lexicon import Entry
from pipeline.classify.phrases import GAP, PhraseTable
from pipeline.classify.tokens import tokens
from pipeline.classify.vocabulary import Batch, Vocabulary
from pipeline.language.lemmas import lemma

NAMES = ("Upplands Väsby", "Vara", "vara", "Hedemoras", "Lilla Edet", "lilla", "Mora", "kommun", "EDA", "Östra Göinge.")
ODD = ("rutin\u00aden", "”nej”", "a\x85b", "2019-10-04", "IVO:s", "e\u0301", "\u00a0", "\x94ja\x94", "–", "", "\n")


PIECES = st.lists(st.sampled_from((*NAMES, *ODD)) | st.text(max_size=12), max_size=12)
BETWEEN = st.sampled_from((" ", "\n", "\t "))


@settings(deadline=None)
@given(st.lists(st.builds(lambda pieces, between: between.join(pieces), PIECES, BETWEEN), max_size=4))
def test_numbers_stand_for_the_words_of_the_text(texts: list[str]) -> None:
    """Reading piece by piece gives what cutting each whole text gives, names of several words included."""
    assert Batch.read(Vocabulary(), texts).words == [tokens(text) for text in texts]


def test_a_word_keeps_its_number() -> None:
    """A word has one number in all texts, and its lemma another for all its forms."""
    vocabulary = Vocabulary()
    first, second = Batch.read(vocabulary, ["Rutinerna saknas"]).lists[0], Batch.read(vocabulary, ["saknas rutinen?"])
    assert first[1] == second.lists[0][0]
    assert vocabulary.lemmas[first[0]] == vocabulary.lemmas[second.lists[0][1]]


def test_parts_of_texts_are_texts() -> None:
    """A batch cut into spans of its texts holds the words of those spans, in the order asked for."""
    batch = Batch.read(Vocabulary(), ["brist på rutiner", "personalen slutar nu"])
    assert batch.cut([(1, 1, 3), (0, 0, 1), (0, 1, 1)]).words == [["slutar", "nu"], ["brist"], []]


def test_types_are_distinct_words() -> None:
    """A text's row has a one for each word that occurs, however often it does."""
    batch = Batch.read(Vocabulary(), ["brist på brist", "", "brist"])
    assert batch.types().sum(axis=1).ravel().tolist() == [[2, 0, 1]]


def reaches(words: Sequence[str], start: int, rest: Sequence[str]) -> bool:
    """Whether ``rest`` follows ``start`` in order, within the gap: every way is tried."""
    if not rest:
        return True
    here = range(start + 1, min(len(words), start + GAP + 2))
    return any(words[i] == rest[0] and reaches(words, i, rest[1:]) for i in here)


WORDS = ("barn", "fara", "illa", "ha", "inte", "plan")
PHRASES = [Entry("safety", "phrase", " ".join(p), 1) for n in (2, 3) for p in product(WORDS[:4], repeat=n)][:40]


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=9), max_size=4))
def test_phrases_of_two_words_are_found_wherever_they_stand(texts: list[list[str]]) -> None:
    """In any texts, exactly those phrases of two words are met whose words stand in order and near enough."""
    vocabulary = Vocabulary()
    pairs = [entry for entry in PHRASES if entry.term.count(" ") == 1]
    met = PhraseTable(pairs, vocabulary).find(Batch.of_words(vocabulary, texts)).met()
    given_ = {(m.text, pairs[m.entry].term) for m in met}
    wanted = {
        (number, entry.term)
        for number, words in enumerate(texts)
        for entry in pairs
        for i, word in enumerate(words)
        if word == entry.term.split()[0] and reaches(words, i, entry.term.split()[1:])
    }
    assert given_ == wanted


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=9), max_size=4))
def test_longer_phrases_are_met_only_where_they_stand(texts: list[list[str]]) -> None:
    """What is met of three words does stand there in order, within the gaps, at the positions told."""
    vocabulary = Vocabulary()
    for met in PhraseTable(PHRASES, vocabulary).find(Batch.of_words(vocabulary, texts)).met():
        words, phrase = texts[met.text], PHRASES[met.entry].term.split()
        assert words[met.start] == phrase[0] and words[met.end - 1] == phrase[-1]
        assert reaches(words, met.start, phrase[1:])


@pytest.mark.parametrize("text", ["Barnen far mycket illa", "barn som far illa", "barnet har farit illa"])
def test_inflected_words_are_met(text: str) -> None:
    """A phrase is met in every inflection, as both sides are lemmatised by one function."""
    vocabulary = Vocabulary()
    table = PhraseTable([Entry("safety", "phrase", "barn fara illa", 3)], vocabulary)
    assert lemma("farit") == "fara"
    assert len(table.find(Batch.read(vocabulary, [text])).met()) == 1


def test_phrases_do_not_reach_into_the_next_text() -> None:
    """The last word of one text and the first of the next are no neighbours."""
    vocabulary = Vocabulary()
    table = PhraseTable([Entry("safety", "phrase", "fara illa", 3)], vocabulary)
    assert table.find(Batch.read(vocabulary, ["barn far", "illa skött"])).met() == []
