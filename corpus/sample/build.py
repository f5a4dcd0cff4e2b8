"""Build the embedded sample: ``python corpus/sample/build.py`` writes sample.warc.gz, documents.json and hosts.json.

The same input gives the same bytes (fixed times, no random order). ``--copy-gold DIR``
first refreshes ``retold_gold.json`` from the folder with the gold files.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import pages  # noqa: E402
import papers  # noqa: E402
from retold import Part, Retold, copy_gold, hexed, load, number  # noqa: E402
from sites import Site, pdf_url, site_of  # noqa: E402
from warcio.statusandheaders import StatusAndHeaders  # noqa: E402
from warcio.warcwriter import WARCWriter  # noqa: E402

START = datetime(2026, 9, 14, 6, 0, tzinfo=UTC)
PDF_ORIGINS = (
    "docplayer",
    "5dok",
    "docslib",
    "doczz",
    "abcdocz",
    "yumpu",
    "insynsverige",
    "vdocuments",
    "meetingsplus",
)
SCANS = ("re-021", "rw-024")
# Committee papers that hold several matters: host's municipality, title, and the documents in order.
COMMITTEE = (
    ("1880", "Vård- och omsorgsnämnd öster", "2015-03-11", ("rw-015",)),
    ("0163", "Vård- och omsorgsnämnden", None, ("re-064", "re-067")),
)
OPENING = (
    (
        "Upprop och val av justerare",
        "Sekreteraren ropar upp ledamöterna. Ordföranden föreslår vem som ska justera protokollet.",
    ),
    ("Dagordningen fastställs", "Dagordningen gäller som den är utsänd."),
)
CLOSING = ("Övriga frågor", "Inga övriga frågor är anmälda.")
# Pages that stand under a second address too (the site was changed), and pages fetched again after an addition.
COPIES = ("gold-168", "gold-095", "rs-077", "re-118")
GROWN = ("gold-169", "gold-170", "rn-104")
MISSING = ("www.hedemora.kommun.example", "www.alvkarleby.kommun.example", "www.malmo.kommun.example")
FIREWALLS = ("www.norrkoping.kommun.example", "www.vaxjo.kommun.example")


@dataclass(frozen=True)
class Entry:
    """One response of the archive, with what documents.json says of it (None: no document)."""

    url: str
    media_type: str
    body: bytes
    status: int = 200
    about: tuple[dict[str, Any], ...] = ()
    modified: str | None = None
    again: bool = False


def entries() -> Iterator[Entry]:
    """All responses, host by host: robots.txt, sitemap, pages, files and what else a crawl meets."""
    by_host: dict[str, list[Entry]] = defaultdict(list)
    sites: dict[str, Site] = {}
    for site, entry in _documents():
        sites[site.host] = site
        by_host[site.host].append(entry)
    for host in sorted(by_host):
        yield _robots(host)
        yield _sitemap(host, by_host[host])
        if len(by_host[host]) > 2:
            yield _listing(sites[host], by_host[host])
        yield from by_host[host]
        yield from _again(sites[host], by_host[host])
        if host in MISSING:
            missing = pages.render_plain("missing", site=sites[host])
            yield Entry(f"https://{host}/gammal-sida.html", "text/html; charset=utf-8", missing, 404)
    for host in FIREWALLS:
        body = pages.render_plain("firewall", number=number(host))
        yield Entry(f"https://{host}/", "text/html", body, 403)


def _documents() -> Iterator[tuple[Site, Entry]]:
    documents = load()
    named = {document.id: document for document in documents}
    inside = {member for *_, members in COMMITTEE for member in members}
    for document in documents:
        if document.id not in inside:
            site = site_of(document)
            first = _shorter(document) if document.id in GROWN else document
            yield site, (_file(document, site) if _is_pdf(document) else _page(first, site))
    for code, board, date, members in COMMITTEE:
        site = site_of(replace(named[members[0]], source_kind="municipality", municipalities=(code,)))
        yield site, _committee(site, board, date, [named[member] for member in members])


def _shorter(document: Retold) -> Retold:
    """The document without its last piece of content."""
    last = max(index for index, part in enumerate(document.parts) if part.kind != "boilerplate")
    return replace(document, parts=document.parts[:last] + document.parts[last + 1 :])


def _again(site: Site, found: list[Entry]) -> Iterator[Entry]:
    """The host's pages that were moved (same words, old address) or fetched again (whole, first without its end)."""
    for entry in found:
        name = entry.about[0]["document"]
        if name in COPIES:
            about = tuple(fact | {"copy_of": entry.url} for fact in entry.about)
            yield replace(entry, url=f"https://{site.host}/arkiv/{hexed(8, name)}.html", about=about)
        if name in GROWN:
            whole = next(document for document in load() if document.id == name)
            yield replace(_page(whole, site), again=True)


def _is_pdf(document: Retold) -> bool:
    """Decisions, audit reports and most committee papers stand as files, where the original did."""
    from_file = any(origin in urlsplit(document.url or "").netloc for origin in PDF_ORIGINS)
    formal = document.source_kind in ("inspectorate", "auditor", "other_authority")
    return from_file and document.source_kind != "press" and (formal or number(document.id, "pdf") % 2 == 0)


def _about(document: Retold, **more: Any) -> dict[str, Any]:
    keys = {
        "document": document.id,
        "split": document.split,
        "source": document.url,
        "source_kind": document.source_kind,
    }
    facts = {
        "municipalities": list(document.municipalities),
        "published": document.published,
        "events": list(document.events),
    }
    return keys | facts | {"title": document.title} | more


def _page(document: Retold, site: Site) -> Entry:
    page = pages.Page(document, site)
    shown = next((date for date in page.dates if date.iso), None)
    about = _about(
        document,
        theme=site.theme,
        shown_title=page.title,
        shown_date=shown and shown.iso,
        date_kind=shown and shown.kind,
    )
    return Entry(
        page.url, f"text/html; charset={page.charset}", pages.render(page), about=(about,), modified=document.published
    )


def _file(document: Retold, site: Site) -> Entry:
    paper = papers.paper_of(document, site)
    body = papers.render(paper)
    scanned = document.id in SCANS
    if scanned:
        body = papers.scan(body, number(document.id) % 2**32, document.url)
    about = _about(document, theme="scan" if scanned else "pdf", shown_title=paper.title, kind=paper.kind)
    return Entry(pdf_url(document.id, site, paper.title), "application/pdf", body, about=(about,))


def _committee(site: Site, board: str, date: str | None, members: list[Retold]) -> Entry:
    """Several matters in one file, numbered, with an opening and a closing of our own words."""
    matters = [papers.Item(text, (Part("paragraph", (words,)),)) for text, words in OPENING]
    for member in members:
        parts = tuple(part for part in member.parts if part.kind not in ("title", "boilerplate"))
        head = tuple(Part("paragraph", (line.replace("|", " "),)) for line in member.boilerplate[1:3])
        decision = member.source_kind == "inspectorate"
        title = member.title or "Beslut från IVO: Södermalmshemmet"
        matters.append(papers.Item(title, (*(head if decision else ()), *parts), member.url))
    matters.append(papers.Item(CLOSING[0], (Part("paragraph", (CLOSING[1],)),)))
    numbered = [replace(item, heading=f"§ {index} {item.heading}") for index, item in enumerate(matters, 1)]
    title = f"Handlingar till {board[0].lower()}{board[1:]}" + (f" {date}" if date else "")
    front = papers.Item(title, (Part("list", tuple(item.heading for item in numbered)),))
    paper = papers.Paper(
        title, (front, *numbered), site.name, "KALLELSE", ("KALLELSE", *([date] if date else [])),
        papers.letter_foot(site), None,
    )  # fmt: skip
    about = tuple(_about(member, theme="committee", item=index) for index, member in enumerate(members, 3))
    return Entry(pdf_url(members[0].id, site, title), "application/pdf", papers.render(paper), about=about)


def _robots(host: str) -> Entry:
    rules = ["User-agent: *", "Disallow: /*.html.printable", "Disallow: /*?sv.state=*", "Disallow: /sok"]
    body = "\n".join([*rules, "", f"Sitemap: https://{host}/sitemap.xml", ""]).encode()
    return Entry(f"https://{host}/robots.txt", "text/plain; charset=utf-8", body)


def _sitemap(host: str, found: Iterable[Entry]) -> Entry:
    rows = [f"<url><loc>{entry.url}</loc>{_lastmod(entry)}</url>" for entry in found]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return Entry(f"https://{host}/sitemap.xml", "application/xml", "\n".join([head, *rows, "</urlset>\n"]).encode())


def _lastmod(entry: Entry) -> str:
    return f"<lastmod>{entry.modified}</lastmod>" if entry.modified and len(entry.modified) == 10 else ""


def _listing(site: Site, found: list[Entry]) -> Entry:
    items = [
        {
            "url": e.url,
            "title": e.about[0].get("shown_title") or e.about[0]["title"],
            "published": e.about[0]["published"],
        }
        for e in found
    ]
    body = pages.render_plain("listing", site=site, items=items)
    return Entry(f"https://{site.host}/nyheter/", "text/html; charset=utf-8", body)


def write(path: Path, found: Iterable[Entry]) -> list[Entry]:
    """Write the archive; returns the entries in their order."""
    written = []
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        info = {
            "software": "tillsyn corpus/sample/build.py",
            "format": "WARC File Format 1.1",
            "description": "Återberättade offentliga dokument",
        }
        stamp = START.strftime("%Y-%m-%dT%H:%M:%SZ")
        headers = {"WARC-Date": stamp, "WARC-Record-ID": _record_id("warcinfo")}
        writer.write_record(_info(writer, info, headers))
        for count, entry in enumerate(found):
            later = timedelta(days=30 if entry.again else 0)
            writer.write_record(_record(writer, entry, START + timedelta(seconds=20 * count) + later))
            written.append(entry)
    return written


def _info(writer: WARCWriter, info: dict[str, str], headers: dict[str, str]) -> Any:
    lines = "".join(f"{key}: {value}\r\n" for key, value in info.items()).encode()
    return writer.create_warc_record(
        "",
        "warcinfo",
        payload=io.BytesIO(lines),
        length=len(lines),
        warc_content_type="application/warc-fields",
        warc_headers_dict=headers,
    )


def _record(writer: WARCWriter, entry: Entry, time: datetime) -> Any:
    reason = {200: "OK", 403: "Forbidden", 404: "Not Found"}[entry.status]
    http = [
        ("Content-Type", entry.media_type),
        ("Content-Length", str(len(entry.body))),
        ("Date", _http_date(time)),
        ("ETag", f'"{hexed(12, entry.url)}"'),
    ]
    headers = {
        "WARC-Date": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "WARC-Record-ID": _record_id(entry.url + "again" * entry.again),
    }
    return writer.create_warc_record(
        entry.url, "response", payload=io.BytesIO(entry.body), length=len(entry.body),
        http_headers=StatusAndHeaders(f"{entry.status} {reason}", http, protocol="HTTP/1.1"), warc_headers_dict=headers,
    )  # fmt: skip


def _http_date(time: datetime) -> str:
    return format_datetime(time, usegmt=True)


def _record_id(key: str) -> str:
    return f"<urn:uuid:{UUID(hex=hexed(32, key, 'record'))}>"


def build(folder: Path) -> list[Entry]:
    """Write sample.warc.gz, documents.json (URL to facts) and hosts.json (host to kind, name, municipality)."""
    written = write(folder / "sample.warc.gz", entries())
    documents = {entry.url: list(entry.about) for entry in written if entry.about}  # of two versions, the later
    hosts: dict[str, dict[str, Any]] = {}
    for site, _ in _documents():
        hosts[site.host] = {
            "kind": site.kind,
            "name": site.name,
            "municipality": site.municipality,
            "theme": site.theme,
        }
    for name, rows in (("documents", documents), ("hosts", dict(sorted(hosts.items())))):
        lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in rows.items())
        (folder / f"{name}.json").write_text("{\n" + lines + "\n}\n", "utf-8")
    return written


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copy-gold", type=Path, help="folder with retold.jsonl and retold_documents.json")
    parser.add_argument("--out", type=Path, default=HERE)
    arguments = parser.parse_args()
    if arguments.copy_gold:
        copy_gold(arguments.copy_gold)
    written = build(arguments.out)
    size = (arguments.out / "sample.warc.gz").stat().st_size
    sys.stderr.write(f"{len(written)} responses, {sum(len(e.about) for e in written)} documents, {size / 1e6:.2f} MB\n")


if __name__ == "__main__":
    main()
