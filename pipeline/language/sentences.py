"""Sentences of Swedish prose by rule: abbreviations are data, the rest is the shape of what stands around the stop.

Measured on the marked sentences of ``tests/language/sentences.txt`` by ``python tests/benchmarks/bench_language.py``.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.language.wordlists import rows, words

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_CLOSERS = "\"'”’»›)\\]"
# A stop with what closes after it, followed by space; a stop glued to the next sentence; a footnote mark; a bullet.
_STOP = re.compile(
    rf"(?P<stop>(?:\.{{2,}}|[.!?…]+)[{_CLOSERS}]*)(?=\s)"
    r"|(?<=[a-zåäöé]{3})(?P<glued>[.!?])(?=[A-ZÅÄÖ][a-zåäö]+[\s,])"
    rf"|(?<=[a-zåäöé]{{3}})(?P<noted>\.\d{{1,2}})(?=\s+[A-ZÅÄÖ])"
    r"|(?<=\S)\s+(?P<bullet>)(?=[•·▪●◦‣■]\s)"
)
_OPENERS = "\"'”’“„»«›([–—-• "
_WORD = re.compile(r"\w+")
_ENUMERATOR = re.compile(r"(?:§\s*)?\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zåäö]|[ivx]{1,5}|[A-Z]|[IVX]{1,5})\.")
_LETTERED = re.compile(r"[a-zåäö][.)]\s+[A-ZÅÄÖ]")
_TITLES = re.compile(r"(?:^|[\s(\"”])(?:[A-ZÅÄÖ]\.-?)+$")


@cache
def _abbreviations() -> dict[str, bool]:
    """Lower-case form -> whether a sentence may end with it."""
    return {form: ends == "may" for form, ends, *_ in rows("abbreviations.tsv")}


def _token_before(line: str, begin: int, end: int) -> str:
    """What stands between the last space (or ``begin``) and ``end``, without opening marks."""
    start = max(line.rfind(" ", begin, end), line.rfind("\t", begin, end), begin - 1) + 1
    return line[start:end].lstrip("\"'”’“„»«([–-")


def _abbreviation(line: str, begin: int, end: int) -> bool | None:
    """None: no abbreviation ends at ``end``; else whether a sentence may end with it."""
    written = _token_before(line, begin, end)
    if len(written) == 2 and written[0].isupper():
        return None
    token, known = written.lower(), _abbreviations()
    if (found := known.get(token)) is not None:
        return found
    spaced = line[max(begin, end - 9) : end].lower()
    for form in ("bl. a.", "t. ex.", "m. fl.", "m. m.", "s. k.", "fr. o. m.", "t. o. m.", "p. g. a."):
        if spaced.endswith(form):
            return known.get(form, False)
    tail = token.rsplit("/", 1)[-1]
    return known.get(tail) if tail != token else None


def _ends(line: str, begin: int, stop: re.Match[str]) -> bool:
    """Whether the stop ends the sentence that began at ``begin``."""
    mark, at = stop["stop"], stop.end()
    rest = line[at:].lstrip()
    if not rest:
        return False
    opener = rest.lstrip(_OPENERS)
    first = opener[:1]
    if not first or (first.islower() and not _LETTERED.match(opener)) or first in ",;:.)":
        return False
    if mark[0] in "!?":
        return True
    word = _WORD.match(opener)
    starter = word is not None and word[0].lower() in words("starters.txt")
    if mark[0] == "…" or mark.startswith(".."):
        return first.isupper() or rest[0] in "–—-"
    dot = stop.start() + 1
    if _ENUMERATOR.fullmatch(line[begin:dot].strip()) or _after_colon(line, begin, dot):
        return False
    abbreviation = _abbreviation(line, begin, dot)
    if abbreviation is not None:
        return (abbreviation and not first.isdigit()) or (starter and first.isupper())
    if (initials := _TITLES.search(line[begin:dot])) is not None:
        before = line[begin : begin + initials.start()].rpartition(" ")[2].lower()
        return starter or before in words("labels.txt")
    return True


def _after_colon(line: str, begin: int, dot: int) -> bool:
    """An enumerator after a colon: 'följande: 1. Rutiner …'."""
    head, _, tail = line[begin:dot].rpartition(" ")
    return head.rstrip().endswith(":") and _ENUMERATOR.fullmatch(tail) is not None


def _line_spans(line: str, offset: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = 0
    for stop in _STOP.finditer(line):
        end = stop.end()
        if stop["stop"] is not None and not _ends(line, begin, stop):
            continue
        if stop["glued"] is not None and _addressed(line, begin, end):
            continue
        _add(spans, line, begin, end, offset)
        begin = end
    _add(spans, line, begin, len(line), offset)
    return spans


def _addressed(line: str, begin: int, end: int) -> bool:
    """Whether a glued stop stands inside a web address or an e-mail address."""
    start = line.rfind(" ", begin, end) + 1
    space = line.find(" ", end)
    token = line[start : space if space >= 0 else len(line)]
    return "@" in token or "/" in token or token.lower().startswith("www.")


def _add(spans: list[tuple[int, int]], line: str, begin: int, end: int, offset: int) -> None:
    piece = line[begin:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if left < right:
        spans.append((offset + begin + left, offset + begin + right))


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open code-point spans of the sentences of ``text``, in order.

    A line break ends a sentence. No span begins or ends with white space, none is empty,
    and every other character of ``text`` lies in exactly one span.
    """
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        spans += _line_spans(line[0], line.start())
    return spans
