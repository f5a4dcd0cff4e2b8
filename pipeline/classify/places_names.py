"""Where a text names a municipality: by name, genitive, official name, locality, district or board."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.classify.corpus_rows import rows
from pipeline.geography import municipalities

_TOKEN = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_MUNICIPAL = re.compile(r"(?i)\s+(?:kommun|stad\b|stads\b|socialtjänst|socialnämnd|region\b)")
_PLACE_WORDS = frozenset(("i", "från", "till", "mot", "kring", "runt", "av", "och", "för", "samt", "med", "som", "att"))
_CLOSING = ".!?:–—-•\n"


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a municipality: ``kind`` is name, official, locality, district, board, former or ambiguous."""

    text: str
    code: str
    kind: str
    traps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mention:
    """A municipality named at ``text[start:end]`` (the genitive ending included)."""

    start: int
    end: int
    code: str
    kind: str
    sure: bool


@cache
def _forms() -> dict[str, tuple[tuple[tuple[str, ...], Form], ...]]:
    """First word in lower case -> the forms that begin with it, longest first, as tuples of lower-case words."""
    traps = {name: frozenset(why.split()) for name, why in rows("corpus/places/ambiguous.tsv", 2)}
    forms = [Form(row.name, row.code, "name", traps.get(row.name, frozenset())) for row in municipalities()]
    forms += [
        Form(name, code, kind, traps.get(name, frozenset({"word"}) if kind == "ambiguous" else frozenset()))
        for name, code, kind in rows("corpus/places/localities.tsv", 3)
    ]
    table: dict[str, list[tuple[tuple[str, ...], Form]]] = {}
    for form in forms:
        words = tuple(form.text.lower().split())
        for last in dict.fromkeys((words[-1], words[-1] if words[-1].endswith("s") else words[-1] + "s")):
            key = (*words[:-1], last)
            table.setdefault(key[0], []).append((key, form))
    return {first: tuple(sorted(found, key=lambda f: -len(f[0]))) for first, found in table.items()}


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip(' "”’(«»')
    return not before or before[-1] in _CLOSING or (start > 0 and text[start - 1] == "\n")


def _word_before(text: str, start: int) -> str:
    return text[max(0, start - 30) : start].rstrip().rpartition(" ")[2].rpartition("\n")[2]


def _is_sure(form: Form, text: str, start: int, end: int, shouting: bool) -> bool | None:
    """True: surely the place. False: perhaps. None: something else."""
    if not form.traps or _MUNICIPAL.match(text, end):
        return True
    before = _word_before(text, start)
    if "surname" in form.traps and before[:1].isupper() and before.isalpha() and before.lower() not in _PLACE_WORDS:
        return None
    if "word" in form.traps:
        if shouting or _begins_sentence(text, start):
            return False
        return before.lower() in _PLACE_WORDS or before.endswith((",", "/", "–"))
    return True


def _match(text: str, tokens: list[re.Match[str]], at: int) -> tuple[Form, int] | None:
    """The longest form that begins with token ``at``, and the number of its tokens."""
    for words, form in _forms().get(tokens[at][0].lower(), ()):
        window = tokens[at : at + len(words)]
        if len(window) < len(words) or tuple(token[0].lower() for token in window) != words:
            continue
        if len(words) > 1 and window[-1].end() - window[0].start() > len(form.text) + len(words):
            continue
        return form, len(words)
    return None


def mentions(text: str) -> list[Mention]:
    """The municipalities named in ``text``, in order, with half-open code-point offsets.

    A name that is also an everyday word is marked ``sure=False`` where only its capital
    speaks for it (at the beginning of a sentence, in capitals); a surname is left out.
    """
    tokens = list(_TOKEN.finditer(text))
    found: list[Mention] = []
    at = 0
    while at < len(tokens):
        word = tokens[at][0]
        hit = _match(text, tokens, at) if word[0].isupper() or word == "social" else None
        if hit is None:
            at += 1
            continue
        form, length = hit
        start, end = tokens[at].start(), tokens[at + length - 1].end()
        sure = _is_sure(form, text, start, end, word.isupper() and len(word) > 1)
        if sure is not None:
            found.append(Mention(start, end, form.code, form.kind, sure))
        at += length
    return found
