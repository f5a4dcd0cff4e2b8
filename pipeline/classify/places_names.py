"""Where a text names a municipality: by name, genitive, official name, locality, district, board or school."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.classify.corpus_rows import rows
from pipeline.geography import municipalities
from pipeline.resources import data_path

_TOKEN = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
# Words that may begin a name; all others are passed over.
_BEGINNING = re.compile(r"(?<![^\W\d_])(?<![^\W\d_][-’'])(?:[A-ZÅÄÖ][^\W\d_]*(?:[-’'][^\W\d_]+)*|social(?![^\W\d_]))")
_MUNICIPAL = re.compile(r"(?i)\s+(?:kommun|stad\b|stads\b|socialtjänst|socialnämnd|region\b)")
_PLACE_WORDS = frozenset(("i", "från", "till", "mot", "kring", "runt", "av", "och", "för", "samt", "med", "som", "att"))
_CLOSING = ".!?:–—-•\n"
# What a municipality or a town's district lends its name to: 'Umeåskolan', 'Göteborgsskolor', 'Gränbyskolan'.
_LENT = re.compile(
    r"(?:skol|förskol|gymnasi|grundskol|friskol|hemtjänst|äldreomsorg|äldreboende|socialtjänst|socialnämnd|politiker"
    r"|lärar|rektor|elev|dagis)\w*$|fallet$",
    re.IGNORECASE,
)
_SHORTEST = 8
_TOWNS = frozenset(("name", "official", "board", "former"))
_OF_A_NAME = re.compile(r" [A-ZÅÄÖ][a-zåäö]")  # 'Hagby Ängar': the place lends its name to something else
_WORDY = frozenset({"word", "surname"})


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a municipality.

    ``kind`` is name, official, locality, district, board, former or homonym; ``codes`` are those that the name may
    stand for, ``first`` is the one that it stands for where nothing else is said, None where there is no such one.
    """

    text: str
    kind: str
    codes: tuple[str, ...]
    first: str | None
    traps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mention:
    """A municipality named at ``text[start:end]`` (the genitive ending included).

    ``sure`` is False where only a capital speaks for the place; ``code`` is the first of ``codes`` where it is open.
    """

    start: int
    end: int
    code: str
    kind: str
    sure: bool
    codes: tuple[str, ...] = ()


def _listed(traps: dict[str, frozenset[str]]) -> list[Form]:
    places: dict[str, list[tuple[str, str]]] = {}
    for name, code, kind in rows("corpus/places/localities.tsv", 3):
        places.setdefault(name, []).append((code, kind))
    forms = []
    for name, found in places.items():
        first = next(((code, kind) for code, kind in found if kind != "homonym"), None)
        kind = first[1] if first else "homonym"
        why = traps.get(name, frozenset() if first else _WORDY)
        forms.append(Form(name, kind, tuple(code for code, _ in found), first[0] if first else None, why))
    return forms


@cache
def _forms() -> dict[str, tuple[tuple[tuple[str, ...], Form], ...]]:
    """First word in lower case -> the forms that begin with it, longest first, as tuples of lower-case words."""
    traps = {name: frozenset(why.split()) for name, why in rows("corpus/places/ambiguous.tsv", 2)}
    named = [Form(m.name, "name", (m.code,), m.code, traps.get(m.name, frozenset())) for m in municipalities()]
    names = {form.text for form in named}
    table: dict[str, list[tuple[tuple[str, ...], Form]]] = {}
    for form in (*named, *(form for form in _listed(traps) if form.text not in names)):
        words = tuple(_TOKEN.findall(form.text.lower()))
        for last in dict.fromkeys((words[-1], words[-1] if words[-1].endswith("s") else words[-1] + "s")):
            key = (*words[:-1], last)
            table.setdefault(key[0], []).append((key, form))
    return {first: tuple(sorted(found, key=lambda f: -len(f[0]))) for first, found in table.items()}


@cache
def _first_names() -> frozenset[str]:
    lines = data_path("corpus/privacy/first_names.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))


def _line(text: str, at: int) -> str:
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return text[start : end if end >= 0 else len(text)]


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip(' "”’(«»')
    return not before or before[-1] in _CLOSING or (start > 0 and text[start - 1] == "\n")


def _word_before(text: str, start: int) -> str:
    return text[max(0, start - 30) : start].rstrip(" ").rpartition(" ")[2].rpartition("\n")[2]


def _is_sure(form: Form, text: str, start: int, end: int) -> bool | None:
    """True: surely the place. False: perhaps. None: something else."""
    if _MUNICIPAL.match(text, end):
        return True
    before = _word_before(text, start)
    shouting = text[start:end].isupper() and end - start > 1
    named = before.isalpha() and (before.istitle() or (shouting and before.isupper()))  # as a first name is written
    if "surname" in form.traps and named and before.lower() not in _PLACE_WORDS:
        return False if shouting else None
    if form.kind not in _TOWNS and before.lower() in _first_names() and before[:1].isupper():
        return None
    if form.kind not in _TOWNS and not shouting and _OF_A_NAME.match(text, end):
        return False
    if "word" in form.traps:
        if shouting or _begins_sentence(text, start):
            return False
        return before.lower() in _PLACE_WORDS or before.endswith((",", "/", "–"))
    return True


def _match(text: str, token: re.Match[str]) -> tuple[Form, int] | None:
    """The longest form that begins with ``token``, and where it ends."""
    tokens = [token]
    for words, form in _forms().get(token[0].lower(), ()):
        while len(tokens) < len(words):
            following = _TOKEN.search(text, tokens[-1].end())
            if following is None:
                break
            tokens.append(following)
        window = tokens[: len(words)]
        if len(window) < len(words) or tuple(one[0].lower() for one in window) != words:
            continue
        if len(words) > 1 and window[-1].end() - window[0].start() > len(form.text) + len(words):
            continue
        return form, window[-1].end()
    return None


def lender(word: str, tail: re.Pattern[str] = _LENT) -> Form | None:
    """The municipality or place that a word is made with, before what ``tail`` finds; by itself a school or service."""
    ending = tail.search(word) if len(word) >= _SHORTEST else None
    if ending is None:
        return None
    whole = word[: ending.start()].removesuffix("-")
    for stem in (whole, whole.removesuffix("s")):
        for words, form in _forms().get(stem.lower(), ()):
            if len(words) == 1 and not form.traps & {"word"}:
                return form
    return None


def _mention(text: str, token: re.Match[str]) -> tuple[Mention | None, int]:
    """What ``token`` and those after it name, if anything, and where that ends."""
    start, end = token.span()
    hit = _match(text, token)
    if hit is not None:
        form, end = hit
        sure = _is_sure(form, text, start, end)
        if sure is None:
            return None, end
        return Mention(start, end, form.first or form.codes[0], form.kind, sure, form.codes), end
    lent = lender(token[0])
    if lent is None:
        return None, end
    kind = {"name": "name", "district": "compound"}.get(lent.kind, "homonym")
    return Mention(start, end, lent.codes[0], kind, kind != "homonym", lent.codes), end


def _elsewhere(small: Mention, large: Mention) -> bool:
    """Whether a home or place stands in a municipality that the place of its name is not in: 'Tallåsen i Arvika'."""
    return small.kind not in _TOWNS and large.kind in _TOWNS and large.sure and large.code not in small.codes


def mentions(text: str) -> list[Mention]:
    """The municipalities named in ``text``, in order, with half-open code-point offsets.

    A name that is also an everyday word is marked ``sure=False`` where only its capital
    speaks for it (at the beginning of a sentence, in capitals); a surname is left out.
    """
    found: list[Mention] = []
    after = 0
    for token in _BEGINNING.finditer(text):
        if token.start() < after:
            continue
        mention, after = _mention(text, token)
        if mention is not None:
            if found and text[found[-1].end : mention.start] == " i " and _elsewhere(found[-1], mention):
                found.pop()
            found.append(mention)
    return found
