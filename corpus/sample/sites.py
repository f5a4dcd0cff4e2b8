"""Where each retold page stands in the sample: hosts under .example, their kinds and looks, URLs and dates."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from retold import Retold, hexed, number, pick

Theme = str
MUNICIPAL_THEMES: tuple[Theme, ...] = (
    "sitevision_old", "sitevision_old", "sitevision_old", "sitevision_new", "sitevision_new", "sitevision_new",
    "optimizely", "optimizely", "municipio", "municipio", "wordpress_old",
)  # fmt: skip
PRESS_THEMES: tuple[Theme, ...] = ("press_plain", "press_json", "press_old", "press_plain", "press_json")
MONTHS = tuple("januari februari mars april maj juni juli augusti september oktober november december".split())  # noqa: SIM905
AUTHORITIES = (
    ("jo", "JO – Riksdagens ombudsmän", r"jo\.se|lagen\.nu/avg/jo|\bJO\b|[Jj]ustitieombuds"),
    ("riksrevisionen", "Riksrevisionen", r"riksrevisionen"),
    ("socialstyrelsen", "Socialstyrelsen", r"socialstyrelsen\.se"),
    ("domstol", "Sveriges Domstolar", r"domstol\.se|lagen\.nu/dom"),
    ("arbetsmiljoverket", "Arbetsmiljöverket", r"av\.se|Arbetsmiljöverket"),
    ("skolinspektionen", "Skolinspektionen", r"[Ss]kolinspektion|[Uu]tbildningsinspektion"),
    ("ivo", "IVO – Inspektionen för vård och omsorg", r"ivo\.se|Inspektionen för vård|\bIVO\b"),
    ("lansstyrelsen", "Länsstyrelsen", r"[Ll]änsstyrelsen"),
)
_PREFIXES = (
    "Kust", "Skogs", "Slätt", "Älv", "Sjö", "Bygde", "Dal", "Fjäll", "Ås", "Hed", "Strand",
    "Berg", "Grann", "Morgon", "Kvälls", "Läns", "Torg", "Fyr", "Vind", "Sund",
)  # fmt: skip
_PAPERS = ["kuriren", "posten", "bladet", "tidningen", "nytt", "ekot", "allehanda"]
_CLUBS = ["föreningen", "forumet", "bloggen", "gruppen"]
_BROADCAST = {
    "sverigesradio.se": ("riksradion", "Riksradion lokalt", "radio"),
    "svt.se": ("rikstv", "Riks-TV Nyheter", "press_json"),
    "texttv.nu": ("texttv", "Text-TV", "texttv"),
}


@dataclass(frozen=True)
class Site:
    """One host of the sample: its name as shown, its kind, its municipality (code) and its look."""

    host: str
    name: str
    kind: str
    theme: Theme
    municipality: str | None = None

    def variant(self, key: str, options: int) -> int:
        """A number below ``options``, fixed for the host: how it does this detail."""
        return number(self.host, key) % options


@cache
def municipality_names() -> dict[str, tuple[str, str]]:
    """Code to short and official name of the 290 municipalities."""
    path = Path(__file__).parents[1] / "municipalities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["name"], row["official_name"]) for row in csv.DictReader(file)}


def slug(text: str, length: int = 70) -> str:
    """Text as it stands in a web address: lower case, no diacritics, hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:length].strip("-") or "sida"


def site_of(document: Retold) -> Site:
    """The host on which the document stands: its municipality's, its authority's, a newspaper's or a blog's."""
    if document.source_kind in ("municipality", "auditor"):
        return municipal_site(document.municipalities[0] if document.municipalities else None)
    if document.source_kind in ("inspectorate", "other_authority"):
        return _authority(document)
    return _private(document)


def municipal_site(code: str | None) -> Site:
    """The site of a municipality (None: of an association of municipalities)."""
    short, name = municipality_names()[code] if code else ("kommunförbundet", "Kommunförbundet")
    word = "haabo" if short == "Håbo" else slug(short)  # Habo has the plain address
    host = f"www.{word}.kommun.example" if code else f"www.{word}.example"
    return Site(host, name, "municipality", pick(MUNICIPAL_THEMES, host, "theme"), code)


def _authority(document: Retold) -> Site:
    words = f"{document.url} " + " ".join(part.text for part in document.parts)
    for pattern_on in (str(document.url), words):
        for host, name, pattern in AUTHORITIES:
            if re.search(pattern, pattern_on):
                theme = "authority" if host in ("jo", "domstol") else "optimizely"
                return Site(f"www.{host}.example", name, document.source_kind, theme)
    return Site("www.lansstyrelsen.example", "Länsstyrelsen", document.source_kind, "optimizely")


def _private(document: Retold) -> Site:
    origin = re.sub(r"^(www|mobil|nxt|m|nyheter)\.", "", urlsplit(document.url or "https://okand").netloc)
    if origin in _BROADCAST:
        host, name, theme = _BROADCAST[origin]
        return Site(f"{host}.example", name, "press", theme)
    press = document.source_kind == "press"
    name = pick(_PREFIXES, origin, "prefix") + pick(_PAPERS if press else _CLUBS, origin, "suffix")
    host = f"{'www.' if number(name) % 2 else ''}{slug(name)}.example"
    return Site(host, name, document.source_kind, pick(PRESS_THEMES, host, "theme") if press else "wordpress_old")


def page_url(document: Retold, site: Site, title: str) -> str:
    """An address of the form that the site's system makes."""
    words, node = slug(title), hexed(26, document.id, "node")
    year = (document.published or "2020")[:4]
    section = pick(("omsorg-och-hjalp", "kommun-och-politik/nyheter", "arkiv/nyheter", "stod-och-omsorg"), document.id)
    paths = {
        "sitevision_old": f"/{section}/{words}.4.{node}.html",
        "sitevision_new": f"/{section}/{year}-{words}.html" if number(document.id) % 2 else f"/{section}/{words}",
        "optimizely": f"/aktuellt/nyheter/{year}/{words}/",
        "municipio": f"/{section.split('/')[-1]}/{words}/",
        "wordpress_old": f"/{year}/{1 + number(document.id) % 12:02d}/{words}/",
        "authority": f"/besluten/{words}/",
        "radio": f"/artikel/{number(document.id) % 9_000_000 + 1_000_000}",
        "texttv": f"/{100 + number(document.id) % 99}/{words}",
        "press_plain": f"/nyheter/{words}-{hexed(6, document.id)}",
        "press_json": f"/artikel/{words}/{hexed(8, document.id)}",
        "press_old": f"/nyheter/lokalt/{words}-{number(document.id) % 9_000_000}.aspx",
    }
    return f"https://{site.host}{paths[site.theme]}"


def pdf_url(document_id: str, site: Site, title: str) -> str:
    """An address of a file, as the site's system makes it (SiteVision's number is the upload time in ms)."""
    name = slug(title, 50)
    if site.theme.startswith("sitevision"):
        upload = 1_400_000_000_000 + number(document_id, "upload") % 300_000_000_000
        return f"https://{site.host}/download/18.{hexed(26, document_id)}/{upload}/{name.replace('-', '%20')}.pdf"
    if site.theme in ("municipio", "wordpress_old"):
        return f"https://{site.host}/app/uploads/{2012 + number(document_id) % 12}/{name}.pdf"
    return f"https://{site.host}/globalassets/dokument/{name}.pdf"


def swedish_date(iso: str, form: int) -> str:
    """An ISO date (day, month or year) in one of the forms that Swedish sites use."""
    parts = iso.split("-")
    if len(parts) == 1:
        return iso
    month = MONTHS[int(parts[1]) - 1]
    if len(parts) == 2:
        return f"{month} {parts[0]}"
    day = str(int(parts[2]))
    forms = (
        iso, f"{day} {month} {parts[0]}", f"den {day} {month} {parts[0]}", f"{day} {month[:3]} {parts[0]}",
        f"{parts[0]} {month[:3]} {parts[2]}", f"{day} {month}, {parts[0]}", f"{int(day)}/{int(parts[1])} {parts[0]}",
    )  # fmt: skip
    return forms[form % len(forms)]
