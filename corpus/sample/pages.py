"""Retold documents as web pages: the content in the middle, and around it what real sites put there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from retold import Part, Retold, hexed, number, pick
from sites import Site, page_url, slug, swedish_date

HERE = Path(__file__).parent
FURNITURE: dict[str, Any] = json.loads((HERE / "furniture.json").read_text("utf-8"))
_ROLES = (
    (
        "skip",
        r"^(Hoppa|Gå till|Gå direkt|Till |Fortsätt|Skip|Snabbnavigation|Tillbaka|Lyssna|Skriv ut|Dela|Share|Språk)",
    ),
    ("ad", r"^Annons|Företag i fokus|Prenumerera|FAMILJENYTT"),
    ("caption", r"[Ff]oto|[Bb]ild|[Ll]ogga|logotyp|[Ii]llustration|\.JPG|Arkiv$|porträtt"),
    (
        "date",
        r"^(Publicera|Uppdatera|Sid[ae]n? |Senast |Inrikes|INRIKES)|^\W*\d{1,4}[ -/]\S+ ?\d{2,4}|^\d{4} \w{3} \d\d",
    ),
    ("contact", r"[Tt]elefon|E-post|[Bb]esök|[Öö]ppet|Box \d|@|\d{3} \d\d [A-ZÅÄÖ]|Kontakt"),
    ("more", r"^(LÄS|Läs|Fler|Relaterade|Se fler|Se )|\(pdf\)|pdf,"),
)


@dataclass(frozen=True)
class Block:
    """A part as the templates print it; ``role`` says what sort of boilerplate it is."""

    kind: str
    lines: tuple[str, ...]
    role: str = ""
    lead: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.lines)


@dataclass(frozen=True)
class DateLabel:
    """A date label as shown; ``iso`` and ``shown`` are empty where only the label stands."""

    kind: str
    label: str
    iso: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Page:
    """All that a template may ask about one page."""

    document: Retold
    site: Site

    furniture = FURNITURE

    @property
    def id(self) -> str:
        return self.document.id

    def variant(self, key: str, options: int) -> int:
        """How the host does this detail (the same on all its pages)."""
        return self.site.variant(key, options)

    def hex(self, length: int, key: str = "") -> str:
        """A node identifier of the page."""
        return hexed(length, self.id, str(length), key)

    def _pick(self, options: Sequence[Any], key: str) -> Any:
        return pick(options, self.site.host, key)

    def _some(self, options: Sequence[str], count: int) -> list[str]:
        return sorted(options, key=lambda item: number(self.id, item))[:count]

    @cached_property
    def title(self) -> str:
        """The document's title; a neutral section label where it has none."""
        labels = FURNITURE["added_titles"][self.document.source_kind]
        return self.document.title or pick(labels, self.id).format(name=self.site.name)

    @cached_property
    def url(self) -> str:
        return page_url(self.document, self.site, self.title)

    @property
    def slug(self) -> str:
        return slug(self.title, 30)

    @property
    def head_title(self) -> str:
        """Title element: with the site's name behind it, as nearly all sites have."""
        return f"{self.title}{self._pick((' - ', ' | ', ' – ', ' | '), 'suffix')}{self.site.name}"

    @property
    def charset(self) -> str:
        """utf-8, but on a few old hosts windows-1252."""
        return "windows-1252" if self.site.theme == "press_old" and self.variant("charset", 3) == 0 else "utf-8"

    @property
    def derived_from(self) -> str | None:
        return self.document.url

    @cached_property
    def _all(self) -> list[Block]:
        return list(_blocks(self.document.parts))

    @property
    def before(self) -> list[Block]:
        """The boilerplate that stands before the title or the first content."""
        return self._all[: self._first]

    @property
    def blocks(self) -> list[Block]:
        """Everything after the title, the title itself taken out."""
        return [block for block in self._all[self._first :] if block.kind != "title"]

    @property
    def _first(self) -> int:
        return next((i for i, block in enumerate(self._all) if block.kind != "boilerplate"), 0)

    @property
    def description(self) -> str:
        lead = next((part.lines[0] for part in self.document.parts if part.kind == "paragraph"), self.title)
        return lead[:150]

    @cached_property
    def dates(self) -> list[DateLabel]:
        """The date in the host's manner; where none is known, no label or an empty one."""
        kind = "updated" if self.variant("datekind", 3) == 0 and "press" not in self.site.theme else "published"
        label = self._pick(FURNITURE["dates"][kind], "datelabel")
        bare = self.site.theme in ("radio", "press_json") or (
            self.site.theme.startswith("press") and self.variant("bare", 2)
        )
        iso = self.document.published
        if iso and len(iso) >= 7:
            clock = " kl 06.12" if self.site.theme == "radio" and len(iso) == 10 else ""
            shown = swedish_date(iso, self.variant("dateform", 7)) + clock
            return [DateLabel(kind, "" if bare else label, iso, shown)]
        return [DateLabel(kind, label.rstrip() + " ")] if self.variant("emptylabel", 2) and not bare else []

    @property
    def published_meta(self) -> Markup:
        """The Open Graph date element, on hosts that have it."""
        iso = self.document.published
        if not iso or len(iso) < 10 or self.dates[0].kind != "published" or self.variant("ogdate", 3):
            return Markup("")
        return Markup('<meta property="article:published_time" content="{}T06:00:00+00:00"/>').format(iso)

    @property
    def json_ld(self) -> Markup:
        """The NewsArticle object that newspapers put in a script element."""
        data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": self.title}
        if (iso := self.document.published) and len(iso) == 10:
            data["datePublished"] = f"{iso}T06:12:00Z"
        words = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
        return Markup('<script type="application/ld+json">{}</script>').format(Markup(words))  # noqa: S704

    @property
    def contact(self) -> dict[str, str]:
        """A contact of the host, with a number and address that belong to no one."""
        unit = self._pick(("Kontaktcenter", "Medborgarservice", "Kundtjänst", "Kommunikationsenheten"), "unit")
        phone = f"08-465 004 {self.variant('phone', 100):02d}"
        return {"unit": unit, "phone": phone, "mail": f"info@{self.site.host.removeprefix('www.')}"}

    @property
    def crumbs(self) -> list[str]:
        return [self._pick(FURNITURE["menu"], "crumb"), self._pick(FURNITURE["submenu"], "crumb2")]

    @property
    def menu(self) -> list[str]:
        press = self.document.source_kind in ("press", "other")
        return FURNITURE["press_sections"] if press else FURNITURE["menu"]  # type: ignore[no-any-return]

    @property
    def alert(self) -> str | None:
        """An alert about something else, on every third host."""
        return self._pick(FURNITURE["alerts"], "alerttext") if self.variant("hasalert", 3) == 0 else None

    @property
    def news(self) -> list[dict[str, str]]:
        """Other news of the host, each with a date that is not this page's."""
        items = self._some(FURNITURE["news"], 3 + self.variant("newscount", 3))
        year = (self.document.published or "2021")[:4]
        return [
            {"text": text, "iso": f"{year}-{1 + number(text) % 12:02d}-{1 + number(text, 'd') % 28:02d}"}
            for text in items
        ]

    @property
    def teasers(self) -> list[str]:
        return self._some(FURNITURE["press_teasers"], 4)

    @property
    def file(self) -> str | None:
        """No page links to a file of its own: the files of the sample are captures of their own."""
        return None

    @property
    def caption(self) -> str | None:
        return pick(FURNITURE["captions"], self.id) if number(self.id, "caption") % 2 else None

    def __getattr__(self, name: str) -> Any:
        """The host's choice among the pieces of furniture of that name: skip, cookie, tools, feedback, ..."""
        plural = {"byline": "bylines", "paywall": "press_paywall"}.get(name, name)
        if plural in FURNITURE:
            return self._pick(FURNITURE[plural], name)
        raise AttributeError(name)


def _blocks(parts: Sequence[Part]) -> Iterator[Block]:
    lead = True
    for part in parts:
        role = _role(part.text) if part.kind == "boilerplate" else ""
        yield Block(part.kind, part.lines, role, lead and part.kind == "paragraph")
        lead = lead and part.kind != "paragraph"


def _role(text: str) -> str:
    return next((role for role, pattern in _ROLES if re.search(pattern, text)), "meta")


ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def render(page: Page) -> bytes:
    """The page's HTML in its charset (what the charset lacks becomes a character reference)."""
    html = ENVIRONMENT.get_template(f"{page.site.theme}.html").render(page=page)
    return html.encode(page.charset, "xmlcharrefreplace")


def render_plain(template: str, **values: Any) -> bytes:
    """A page that is no document: a listing, a missing page, a firewall's answer."""
    return ENVIRONMENT.get_template(f"{template}.html").render(**values).encode()
