"""Writes ``municipalities.toml`` and ``press.toml`` beside this script: ``python corpus/sources/build.py``.

Municipalities come from ``corpus/municipalities.csv`` (official website of each). A CMS is named where ``cms.tsv`` has
evidence for it: an address on the municipality's own host that bears a mark of the system (MARKS), or a page on it
whose source was seen to. No sitemap is declared: the crawler reads those that robots.txt names, and otherwise tries
the usual place of the CMS, which it marks as a guess (rule 'guess'). News lists are those of ``listings.tsv``.

Feeds of Swedish public service: SVT's local newsrooms ('/nyheter/lokalt/<slug>/rss.xml', listed by several public
programs in 2026) and Sveriges Radio's P4 stations ('api.sr.se/api/rss/program/<number>', where the number is that of
public article addresses about municipalities of the station's county). Newspapers come from ``papers.tsv`` beside
this script. None of these addresses was opened when the lists were made: README.md says what each rests on.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
MARKS = {
    "sitevision": r"\.[45]\.[0-9a-f]{14,}\.html|/(?:download|images)/18\.[0-9a-f]{14,}/|/[^/]+\.\d{3,6}\.html(?:$|\?)"
    r"|/sitemap(?:index\.xml|1\.xml\.gz)$|/[^/]+/\d{4}-\d\d-\d\d-[^/]+$|\.portlet\?state=rss",
    "optimizely": r"/(?:globalassets|siteassets)/|/contentassets/[0-9a-f]{32}/|/link/[0-9a-f]{32}\.aspx",
    "wordpress": r"/wp-(?:content|includes|json)/|/app/uploads/\d{4}/\d\d/",
    "drupal": r"/sites/default/files/",
}
"""What an address bears of the system that made it."""
SVT = {
    "blekinge": "Blekinge", "dalarna": "Dalarna", "gavleborg": "Gävleborg", "halland": "Halland",
    "helsingborg": "Helsingborg", "jamtland": "Jämtland", "jonkoping": "Jönköping", "norrbotten": "Norrbotten",
    "orebro": "Örebro", "ost": "Öst", "skane": "Skåne", "smaland": "Småland", "sodertalje": "Södertälje",
    "sormland": "Sörmland", "stockholm": "Stockholm", "uppsala": "Uppsala", "varmland": "Värmland", "vast": "Väst",
    "vasterbotten": "Västerbotten", "vasternorrland": "Västernorrland", "vastmanland": "Västmanland",
}  # fmt: skip
SR = {
    "Ekot": 83, "P4 Blekinge": 105, "P4 Dalarna": 161, "P4 Gotland": 94, "P4 Gävleborg": 99, "P4 Göteborg": 104,
    "P4 Halland": 128, "P4 Jämtland": 78, "P4 Jönköping": 91, "P4 Kalmar": 86, "P4 Kronoberg": 106,
    "P4 Malmöhus": 96, "P4 Norrbotten": 98, "P4 Sjuhärad": 95, "P4 Skaraborg": 97, "P4 Stockholm": 103,
    "P4 Sörmland": 87, "P4 Uppland": 114, "P4 Värmland": 93, "P4 Väst": 125, "P4 Västerbotten": 109,
    "P4 Västernorrland": 110, "P4 Västmanland": 112, "P4 Örebro": 159, "P4 Östergötland": 160,
}  # fmt: skip
SR_PAGES = {"P4 Kristianstad": "https://sverigesradio.se/kristianstad"}
OFF = ["/sport", "/noje", "/annons", "/logga-in", "/korsord"]
OFFICIAL = "Kommunens webbplats. Beslut och yttranden av myndighet saknar upphovsrätt (9 § upphovsrättslagen)."
PRESS = "Upphovsrättsligt skyddat; korta citat med källa enligt 22 § upphovsrättslagen. Endast flödets artiklar hämtas."
UNOPENED = (
    "Upphovsrättsligt skyddat; korta citat med källa enligt 22 § upphovsrättslagen. Inget flöde kunde bekräftas: "
    "startsidan är deklarerad, och den har inte öppnats härifrån."
)
RESERVED = (
    " Utgivaren förbehåller sig text- och datautvinning (15 a §): "
    "hämta med dess lov, eller för forskning enligt 15 b §."
)
NOTE = "# Written by build.py; change that, not this file.\n\n"


def _slug(name: str) -> str:
    return name.lower().translate(str.maketrans("åäöéü ", "aaoeu-"))


def _table(**keys: object) -> str:
    lines = ["[[source]]"]
    for key, value in keys.items():
        if value:
            text = str(value).replace("'", '"') if isinstance(value, list) else f'"{value}"'
            lines.append(f"{key} = {value if isinstance(value, int) else text}")
    return "\n".join(lines) + "\n"


def cms_of(address: str) -> str:
    """The system whose mark an address bears; '' where it bears none."""
    return next((name for name, mark in MARKS.items() if re.search(mark, address)), "")


def own(address: str, website: str) -> bool:
    """Whether an address is on the host of a website, or on one below it ('cms.ort.se')."""
    host, home = (urlsplit(url).hostname or "" for url in (address, website))
    home = home.removeprefix("www.").removeprefix("kommun.")
    return host == home or host.endswith(f".{home}")


def systems(websites: dict[str, str]) -> dict[str, str]:
    """CMS by municipality code, each with its evidence checked. Raises ValueError for a row that shows nothing."""
    with (HERE / "cms.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    for row in rows:
        shown = cms_of(row["address"]) == row["cms"] or row["seen"] == "page"
        if not shown or row["cms"] not in MARKS or not own(row["address"], websites[row["code"]]):
            raise ValueError(f"cms.tsv: {row['code']}: {row['address']} is no evidence for {row['cms']}.")
    return {row["code"]: row["cms"] for row in rows}


def expected(population: int) -> int:
    """The least number of documents that a healthy crawl of a municipality yields: one for every 100 inhabitants.

    Rounded to tens, no fewer than 50 and no more than 1,000. A crawl that holds fewer than half of it raises an alarm.
    """
    return min(max(round(population / 1000) * 10, 50), 1000)


def lists(websites: dict[str, str]) -> dict[str, list[str]]:
    """News lists by municipality code. Raises ValueError for one on a host that is not the municipality's own."""
    with (HERE / "listings.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    for row in rows:
        if not own(row["address"], websites[row["code"]]):
            raise ValueError(f"listings.tsv: {row['code']}: {row['address']} is on another host.")
    return {row["code"]: [other["address"] for other in rows if other["code"] == row["code"]] for row in rows}


def municipalities() -> str:
    """One source a municipality."""
    with (HERE.parent / "municipalities.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    websites = {row["code"]: row["website"] for row in rows}
    known, news = systems(websites), lists(websites)
    tables = [
        _table(id=f"kommun-{row['code']}", kind="municipality", name=row["official_name"], municipality=row["code"],
               start=[row["website"].rstrip("/") + "/"], listings=news.get(row["code"]),
               exclude=["sv.url=", "sv.target=", "?print="], expect=expected(int(row["population"])),
               cms=known.get(row["code"]), terms=OFFICIAL)
        for row in rows
    ]  # fmt: skip
    return NOTE + "\n".join(tables)


def _paper(row: dict[str, str]) -> str:
    """A newspaper: the feed where one is known to answer, else its start page."""
    reserved = RESERVED if row["reserved"] else ""
    if row["feed"]:
        return _table(id=row["id"], kind="press", name=row["name"], feeds=[row["feed"]], terms=PRESS + reserved)
    return _table(id=row["id"], kind="press", name=row["name"], start=[row["address"]], exclude=OFF,
                  terms=UNOPENED + reserved)  # fmt: skip


def press() -> str:
    """Feeds of SVT and Sveriges Radio, and the newspapers of ``papers.tsv``."""
    tables = [
        _table(id="svt-nyheter", kind="press", name="SVT Nyheter", feeds=["https://www.svt.se/rss.xml"], terms=PRESS)
    ]
    for slug, name in SVT.items():
        feed = f"https://www.svt.se/nyheter/lokalt/{slug}/rss.xml"
        tables.append(_table(id=f"svt-{slug}", kind="press", name=f"SVT Nyheter {name}", feeds=[feed], terms=PRESS))
    for name, number in SR.items():
        feed = f"https://api.sr.se/api/rss/program/{number}"
        tables.append(
            _table(id=f"sr-{_slug(name)}", kind="press", name=f"Sveriges Radio {name}", feeds=[feed], terms=PRESS)
        )
    for name, page in SR_PAGES.items():
        tables.append(
            _table(id=f"sr-{_slug(name)}", kind="press", name=f"Sveriges Radio {name}", start=[page],
                   include=["sverigesradio.se/artikel/"], terms=UNOPENED)
        )  # fmt: skip
    with (HERE / "papers.tsv").open(encoding="utf-8", newline="") as stream:
        tables += map(_paper, csv.DictReader(stream, delimiter="\t"))
    return NOTE + "\n".join(tables)


if __name__ == "__main__":
    (HERE / "municipalities.toml").write_text(municipalities(), "utf-8")
    (HERE / "press.toml").write_text(press(), "utf-8")
