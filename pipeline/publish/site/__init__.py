"""The static site: a folder of pages that opens from a disk or any web server, without network."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from pipeline.codebook import load_codebook
from pipeline.errors import WorkspaceError
from pipeline.publish.catalogue import LANGUAGES
from pipeline.publish.site import chunks, document, overview, place, quotes, reference, theme
from pipeline.publish.site.data import Place, Row, Store, nowhere, open_store, places, totals
from pipeline.publish.site.frame import View, both, in_both, write_page

_STATIC = Path(__file__).parent / "static"
_FOLDERS = ("kommun", "tema", "document")


@dataclass(frozen=True)
class Site:
    """A build under way: what it reads, where it writes, and in which languages."""

    store: Store
    report: Path
    tables: str
    places: Sequence[Place]
    views: tuple[View, ...]


def build(
    workspace: Path, root: Path, *, language: str = "sv", generated: datetime, pseudonymise: bool = False
) -> Path:
    """Build the site from ``root`` (``tables/<version>``) and ``workspace/comparison`` into ``workspace/report``.

    ``language`` is the language of the pages at the top; the other stands in a folder named
    for it. Returns the path of ``report/index.html``. Raises WorkspaceError when the
    comparison is missing or the report cannot be written.
    """
    store = open_store(workspace, root, pseudonymise=pseudonymise)
    report = workspace / "report"
    counted = totals(store)
    order = (language, *(name for name in LANGUAGES if name != language))
    views = tuple(View(name, language, load_codebook(), counted, generated) for name in order)
    site = Site(store, report, root.name, places(store), views)
    _copy_static(report)
    written = {
        *_write_data(site),
        *_write_top(site),
        *_write_themes(site),
        *_write_places(site),
        *_write_documents(site),
    }
    _remove_stale(report, written)
    return report / "index.html"


def _copy_static(report: Path) -> None:
    try:
        shutil.copytree(_STATIC, report / "assets", dirs_exist_ok=True)
    except OSError as error:
        raise WorkspaceError(f"{report}: cannot be written ({error}).") from error


def _write_data(site: Site) -> Iterable[Path]:
    view = site.views[0]
    chunks.write_texts(site.report)
    chunks.write_places(site.report, site.places)
    chunks.write_heat(site.report, site.store, site.places, view)
    chunks.write_units(site.report, site.store, site.places, view)
    return ()


def _write_top(site: Site) -> Iterable[Path]:
    rows = overview.national(site.store)
    for view in site.views:
        pages = {
            "index.html": ("overview.html", overview.context(site.store, site.places, view)),
            "teman.html": ("themes.html", reference.theme_index(rows)),
            "kommuner.html": ("places.html", reference.place_index(site.places, nowhere(site.store).documents)),
            "jamfor.html": ("compare.html", {}),
            "sok.html": ("search.html", {"searchable": (site.report / "data" / "search" / "meta.js").is_file()}),
            "metod.html": ("methods.html", reference.methods(site.store, site.tables, view)),
            "ladda-ner.html": ("downloads.html", reference.downloads(site.report, view)),
        }
        for page, (template, context) in pages.items():
            yield write_page(site.report, view, page, template, context)


def _write_themes(site: Site) -> Iterable[Path]:
    for name in site.views[0].codebook.theme_ids:
        found = theme.material(site.store, name)
        for view in site.views:
            context = theme.context(site.store, site.places, found, view)
            yield write_page(site.report, view, f"tema/{name}.html", "theme.html", context)


def _write_places(site: Site) -> Iterable[Path]:
    shared = place.shared(site.store)
    themes = site.views[0].codebook.theme_ids
    having = {entry.place.code: entry for entry in (*site.places, nowhere(site.store))}
    filled = _codes(site.store)
    silent: list[tuple[str, list[Row]]] = [(code, []) for code in having if code not in filled]
    for code, found in chain(quotes.place_rows(site.store), silent):
        if not (entry := having.get(code)):
            continue
        proof = place.evidence(found, themes)
        for view in site.views:
            context = place.context(entry, shared, proof, view)
            yield write_page(site.report, view, f"kommun/{entry.place.code}.html", "place.html", context)


def _codes(store: Store) -> set[str]:
    """Codes of the municipalities that have findings."""
    return {row["code"] for row in store.rows("SELECT DISTINCT u.code FROM u JOIN f ON f.document = u.document")}


def _write_documents(site: Site) -> Iterable[Path]:
    """Documents stand once, with their few labels in both languages."""
    view = site.views[0]
    text = both(view)
    labels = {
        "t": text,
        "bilingual": True,
        "themes": lambda name: in_both(view, view.theme(name), view.other.theme(name)),
        "events": lambda kind: in_both(view, view.event(kind), view.other.event(kind)),
    }
    for name, context in document.contexts(site.store, site.store.workspace, view):
        yield write_page(site.report, view, f"document/{name}.html", "document.html", labels | context)


def _remove_stale(report: Path, written: set[Path]) -> None:
    """Pages of an earlier build that this one did not write (a document that is gone) must not stay."""
    for folder in (report / f"{prefix}{name}" for prefix in ("", *(f"{n}/" for n in LANGUAGES)) for name in _FOLDERS):
        for path in folder.glob("*.html"):
            if path not in written:
                path.unlink()
