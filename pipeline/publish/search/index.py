"""The search index of the static report: chunks that a page loads by ``<script src>``, without a server or fetch.

Passages have the numbers of ``tillsyn.db``. A chunk of terms is one string of lines ``key, lemma, forms, postings``
(tab between): ``lemma`` where the key is a form of it, ``forms`` the words found under it, ``postings`` the numbers of
its passages as differences in base 36. Keys are in order of code points; ``meta`` holds the first key of each chunk.
"""

from __future__ import annotations

import shutil
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.codebook import load_codebook
from pipeline.geography import by_code
from pipeline.publish.catalogue import LANGUAGES, catalogue
from pipeline.publish.database import PASSAGES
from pipeline.publish.exports.links import web
from pipeline.publish.material import Material, Row
from pipeline.publish.search.query import FIELDS, aliases
from pipeline.publish.search.words import stopwords, terms, words
from pipeline.publish.site.chunks import embed
from pipeline.publish.site.display import clean
from pipeline.publish.site.frame import write_text
from pipeline.records import ATTRIBUTIONS, POLARITIES, SOURCE_KINDS

TEXTS = 200  # passages in a chunk of texts
TERMS = 90_000  # characters, about, in a chunk of terms
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DOCUMENTS = """
SELECT id, title, date, source_kind, coalesce(derived_from, url) AS url,
list_transform(municipalities, lambda m: m.code) AS codes FROM documents
"""


def base36(number: int) -> str:
    """A number that is not negative, in base 36."""
    digits = _DIGITS[number % 36]
    while number := number // 36:
        digits = _DIGITS[number % 36] + digits
    return digits


def differences(numbers: Sequence[int]) -> str:
    """Ascending numbers as their differences in base 36, a space between: what a posting list is stored as."""
    return " ".join(base36(b - a) for a, b in pairwise((0, *numbers)))


@dataclass
class _Gathered:
    """What reading the passages once leaves behind."""

    postings: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    forms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    lemmas: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    places: dict[tuple[str, int], int] = field(default_factory=dict)
    count: int = 0

    def add(self, number: int, row: Row) -> None:
        """Put a passage into the index."""
        self.count = number + 1
        if row["document"] not in self.numbers:
            self.numbers[row["document"]] = len(self.numbers)
            self.sizes.append(0)
        self.sizes[-1] += 1
        self.places[row["document"], row["position"]] = number
        for form in {form for _, _, form in words(row["text"])} - stopwords():
            found = terms(form)
            if found[0] != form:
                self.lemmas[form] = found[0]
            for term in found:
                postings = self.postings[term]
                if not postings or postings[-1] != number:
                    postings.append(number)
                if term != form:
                    self.forms[term].add(form)


def _texts(material: Material, gathered: _Gathered, folder: Path, documents: dict[str, Row]) -> None:
    """Read the passages, write them in chunks, and gather the index on the way."""
    pending: list[Row] = []
    for number, row in enumerate(material.rows(PASSAGES)):
        gathered.add(number, row)
        pending.append(row)
        if len(pending) == TEXTS:
            _write(folder, f"texts-{number // TEXTS}", _chunk(pending, documents))
            pending = []
    if pending:
        _write(folder, f"texts-{(gathered.count - 1) // TEXTS}", _chunk(pending, documents))


def _chunk(rows: Sequence[Row], documents: dict[str, Row]) -> dict[str, Any]:
    ids = list(dict.fromkeys(row["document"] for row in rows))
    return {
        "documents": [[i, clean(documents[i]["title"]), documents[i]["date"], web(documents[i]["url"])] for i in ids],
        "passages": [[ids.index(row["document"]), row["start"], clean(row["text"])] for row in rows],
    }


def _lines(gathered: _Gathered) -> Iterator[tuple[str, str]]:
    for key in sorted({*gathered.postings, *gathered.lemmas}):
        forms = " ".join(sorted(gathered.forms.get(key, ())))
        postings = differences(gathered.postings[key]) if key in gathered.postings else ""
        yield key, f"{key}\t{gathered.lemmas.get(key, '')}\t{forms}\t{postings}"


def _terms(gathered: _Gathered, folder: Path) -> list[str]:
    """Write the chunks of terms; returns the first key of each."""
    firsts: list[str] = []
    pending: list[str] = []
    size = 0
    for key, line in _lines(gathered):
        if not pending:
            firsts.append(key)
        pending.append(line)
        size += len(line)
        if size > TERMS:
            _write(folder, f"terms-{len(firsts) - 1}", "\n".join(pending))
            pending, size = [], 0
    if pending:
        _write(folder, f"terms-{len(firsts) - 1}", "\n".join(pending))
    return firsts


def _facts(material: Material, gathered: _Gathered) -> str:
    """Passages with findings: 'difference:code.code …', a code being (theme * 4 + sense) * 5 + voice, in base 36."""
    themes = {theme: i for i, theme in enumerate(load_codebook().theme_ids)}
    found: dict[int, set[int]] = defaultdict(set)
    for row in material.rows("SELECT document, passage, theme, polarity, attribution FROM findings"):
        number = gathered.places.get((row["document"], row["passage"]))
        if number is not None and row["theme"] in themes:
            sense = themes[row["theme"]] * len(POLARITIES) + POLARITIES.index(row["polarity"])
            found[number].add(sense * len(ATTRIBUTIONS) + ATTRIBUTIONS.index(row["attribution"]))
    numbers = sorted(found)
    return " ".join(
        f"{base36(b - a)}:{'.'.join(base36(code) for code in sorted(found[b]))}" for a, b in pairwise((0, *numbers))
    )


def _labels(ids: Iterable[str], section: str) -> list[list[str]]:
    return [[key, *(catalogue(language)(f"{section}.{key}") for language in LANGUAGES)] for key in ids]


def _meta(gathered: _Gathered, documents: dict[str, Row], firsts: list[str]) -> dict[str, Any]:
    """Counts, labels and, by document, what filters and facets need."""
    shown = [documents[name] for name in gathered.numbers]
    codes = sorted({code for row in shown for code in row["codes"] or () if code in by_code()})
    years = [row["date"][:4] if row["date"] else "" for row in shown]
    return {
        "passages": gathered.count,
        "texts": TEXTS,
        "terms": firsts,
        "sizes": gathered.sizes,
        "years": [int(year) if year.isdigit() else 0 for year in years],
        "kinds": "".join(str(SOURCE_KINDS.index(row["source_kind"])) for row in shown),
        "where": [[bisect_left(codes, code) for code in row["codes"] or () if code in by_code()] for row in shown],
        "municipality": [[code, by_code()[code].name] for code in codes],
        "theme": [[theme.id, theme.label_sv, theme.label_en] for theme in load_codebook().themes],
        "polarity": _labels(POLARITIES, "polarity"),
        "attribution": _labels(ATTRIBUTIONS, "attribution"),
        "source_kind": _labels(SOURCE_KINDS, "kind"),
        "fields": dict(FIELDS),
        "aliases": [[name, written, key] for (name, written), key in aliases().items()],
        "stopwords": sorted(stopwords()),
    }


def _write(folder: Path, name: str, value: Any) -> None:
    write_text(folder / f"{name}.js", f'(window.TILLSYN = window.TILLSYN || {{}})["search/{name}"] = {embed(value)};\n')


def write_index(material: Material, folder: Path) -> Path:
    """Write the index into ``folder`` (``report/data/search``), in place of an older one.

    Raises WorkspaceError when it cannot be written.
    """
    shutil.rmtree(folder, ignore_errors=True)
    documents = {row["id"]: row for row in material.rows(_DOCUMENTS)}
    gathered = _Gathered()
    _texts(material, gathered, folder, documents)
    firsts = _terms(gathered, folder)
    _write(folder, "facts", _facts(material, gathered))
    _write(folder, "meta", _meta(gathered, documents, firsts))
    return folder
