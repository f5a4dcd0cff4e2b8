"""Writing pages: the templates, the way back to the root, the languages, the policy every page carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.codebook import Codebook
from pipeline.errors import WorkspaceError
from pipeline.geography import Municipality
from pipeline.publish.catalogue import LANGUAGES, Catalogue, catalogue
from pipeline.publish.charts.scale import whole
from pipeline.publish.site import display
from pipeline.publish.site.data import Totals

# 'self' covers file:// in Chromium and Firefox too; data: is for the picture a chart is painted from when saved as PNG.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; object-src 'none'"
)


@dataclass(frozen=True, slots=True)
class View:
    """The site in one language: where its pages stand, how it names and writes things."""

    language: str
    primary: str
    codebook: Codebook
    totals: Totals
    generated: datetime

    @property
    def prefix(self) -> str:
        """The folder of this language's pages below the report ('' for the primary language)."""
        return "" if self.language == self.primary else f"{self.language}/"

    @property
    def t(self) -> Catalogue:
        """The texts."""
        return catalogue(self.language)

    @property
    def other(self) -> View:
        """The same site in the other language."""
        language = next(name for name in LANGUAGES if name != self.language)
        return View(language, self.primary, self.codebook, self.totals, self.generated)

    def theme(self, theme_id: str) -> str:
        """The label of a theme; the id itself when the codebook no longer has it."""
        for theme in self.codebook.themes:
            if theme.id == theme_id:
                return theme.label_sv if self.language == "sv" else theme.label_en
        return theme_id

    def name(self, place: Municipality) -> str:
        """The name of a municipality; in words where a document names none."""
        return place.name or self.t("place.nowhere")

    def event(self, kind: str) -> str:
        """The label of an event kind; 'remedy' is the comparison's own."""
        for event in self.codebook.events:
            if event.kind == kind:
                return event.label_sv if self.language == "sv" else event.label_en
        return self.t("place.step_remedy_announced") if kind == "remedy" else kind.replace("_", " ")

    def number(self, value: float | int | None, decimals: int = 0) -> str:
        """A number in the language's form."""
        return display.number(value, decimals, self.language)

    def percent(self, rate: float | None) -> str:
        """A fraction as a percentage."""
        return display.percent(rate, self.language)

    def range(self, low: float | None, high: float | None) -> str:
        """An interval of fractions as percentages: '39–50 %'."""
        if low is None or high is None:
            return "–"
        return f"{self.number(whole(low))}–\N{WORD JOINER}{self.percent(high)}"

    def date(self, text: str | None) -> str:
        """A date in words."""
        return display.date(text, self.language)

    def many(self, key: str, value: int) -> str:
        """A number with its noun: '1 dokument', '20 000 citat'."""
        return self.t.count(f"noun.{key}", value, self.number(value))

    @property
    def percent_form(self) -> str:
        """How a chart writes a percentage: '{} %' or '{}%'."""
        return "{}\N{NO-BREAK SPACE}%" if self.language == "sv" else "{}%"

    @property
    def source_line(self) -> str:
        """The line under every chart."""
        return self.t(
            "site.source_line",
            documents=self.number(self.totals.read),
            date=self.date(self.generated.date().isoformat()),
        )


@cache
def environment() -> Environment:
    """The templates, with autoescape for every one of them and no silent gaps."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"clean": display.clean, "safe_url": display.safe_url, "host": display.host}
    return made


def both(view: View) -> Callable[..., Markup]:
    """Texts in both languages at once, for pages that stand only once (documents); CSS shows one of them."""
    here, there = view.t, view.other.t

    @cache
    def plain(key: str) -> Markup:
        return in_both(view, here(key), there(key))

    def text(key: str, **values: object) -> Markup:
        return in_both(view, here(key, **values), there(key, **values)) if values else plain(key)

    return text


def in_both(view: View, here: str, there: str) -> Markup:
    """A text of the view's language and the same in the other one, each in an element with its language."""
    first, second = view.language, view.other.language
    form = Markup('<span class="l-{}" lang="{}">{}</span><span class="l-{}" lang="{}">{}</span>')
    return form.format(first, first, here, second, second, there)


def write_text(path: Path, text: str) -> None:
    """Write a file of the report. Raises WorkspaceError when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be written ({error.strerror or error}).") from error


def write_page(report: Path, view: View, page: str, template: str, context: Mapping[str, Any]) -> Path:
    """Render ``template`` to ``page`` (a path within the language's pages) and return where it stands."""
    relative = f"{view.prefix}{page}"
    top = "../" * relative.count("/")
    values = {
        "v": view, "t": view.t, "ta": view.t, "policy": POLICY, "page": page, "top": top,
        "home": f"{top}{view.prefix}", "other": f"{top}{view.other.prefix}{page}", "bilingual": False,
    }  # fmt: skip
    html = environment().get_template(template).render({**values, **context})
    path = report / relative
    write_text(path, html)
    return path
