"""Sentences and lemmas as spaCy components for ``spacy.blank("sv")``.

Registered as entry points, so that ``spacy.load`` of the stored pipeline finds them. They only set what they name: a
parser of an installed ``sv_core_news_*`` may stand beside them and changes nothing in sentences or lemmas when it
stands before them.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Token

from pipeline.language.compounds import parts
from pipeline.language.lemmas import lemma
from pipeline.language.sentences import sentence_spans


class SentenceComponent:
    """Sets ``token.is_sent_start`` by :func:`sentence_spans`."""

    def __call__(self, doc: Doc) -> Doc:
        """Mark the first token of every sentence; white space between sentences goes with the one before."""
        starts = [start for start, _ in sentence_spans(doc.text)]
        at = 0
        for token in doc:
            begins = token.i == 0
            if at < len(starts) and token.idx + len(token) > starts[at] and not token.is_space:
                begins = True
                while at < len(starts) and starts[at] < token.idx + len(token):
                    at += 1
            token.is_sent_start = begins
        return doc


class LemmaComponent:
    """Sets ``token.lemma_`` by :func:`lemma` and offers the compound parts as ``token._.tillsyn_parts``."""

    def __init__(self) -> None:
        if not Token.has_extension("tillsyn_parts"):
            Token.set_extension("tillsyn_parts", getter=lambda token: parts(token.lemma_))

    def __call__(self, doc: Doc) -> Doc:
        """Lemmatise every token."""
        for token in doc:
            token.lemma_ = lemma(token.text)
        return doc


@Language.factory("tillsyn_sentences", assigns=["token.is_sent_start", "doc.sents"])
def create_sentences(nlp: Language, name: str) -> SentenceComponent:
    """The factory behind ``nlp.add_pipe("tillsyn_sentences")``."""
    return SentenceComponent()


@Language.factory("tillsyn_lemmas", assigns=["token.lemma"])
def create_lemmas(nlp: Language, name: str) -> LemmaComponent:
    """The factory behind ``nlp.add_pipe("tillsyn_lemmas")``."""
    return LemmaComponent()
