"""A new source looked at once: what system it runs on, and which sitemaps and feeds it names."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.acquire.answer import pieces_of, ungzipped, unpacked
from pipeline.acquire.discovery import Page, feed_links, read_page, sitemap_links
from pipeline.acquire.discovery.feeds import FeedError
from pipeline.acquire.gatekeeper import Gatekeeper
from pipeline.acquire.judge import blocked, leads_to_login
from pipeline.acquire.pace import Pace
from pipeline.acquire.robots import Robots
from pipeline.acquire.session import PoliteSession
from pipeline.acquire.urls import lane, normalise, origin
from pipeline.errors import FetchError, UsageError
from pipeline.records import Source, SourceKind

_MARKS = (
    (
        "sitevision",
        re.compile(r"\.4\.[0-9a-f]{10,}\.html|/download/18\.[0-9a-f]+/|sv-portlet|sv-template|SiteVision", re.I),
    ),
    (
        "optimizely",
        re.compile(r"/(?:globalassets|siteassets|contentassets)/|episerver|optimizely|/link/[0-9a-f]{32}\.aspx", re.I),
    ),
    ("wordpress", re.compile(r"/wp-content/|/wp-includes/|/wp-json/|name=.generator. content=.WordPress", re.I)),
    ("drupal", re.compile(r"/sites/default/files/|drupal-settings-json|name=.generator. content=.Drupal", re.I)),
    ("sharepoint", re.compile(r"/_layouts/15/|SharePoint", re.I)),
)
_USUAL = ("/sitemapindex.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/sitemap.xml")
_LIMIT = 16 << 20
_PATIENCE = 10.0  # seconds: with a longer Crawl-delay a look of a dozen requests would take too long


@dataclass(frozen=True, slots=True)
class Detection:
    """What a look at a site found: the declaration that follows from it, and remarks in words."""

    source: Source
    remarks: tuple[str, ...]


def cms_of(html: str) -> str | None:
    """The content management system whose marks stand in a page; the one with most of them."""
    counts = {name: len(pattern.findall(html)) for name, pattern in _MARKS}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


class _Visitor:
    """Asks a site for single pages as the crawl would: by its robots.txt, and with a pause between any two requests.

    Raises FetchError for what cannot be fetched or is forbidden.
    """

    def __init__(self, session: PoliteSession, delay: float) -> None:
        self._session = session
        self._pace = Pace()
        self._gatekeeper = Gatekeeper(session, None, self._pace)
        self.delay = delay

    def rules(self, url: str) -> Robots:
        """The rules for a URL's host; from then on its own Crawl-delay is kept."""
        site = origin(url)
        verdict = self._gatekeeper.known(site, time.time())
        if verdict is None:
            verdict = self._gatekeeper.ask(site, self.delay)
            for answer in verdict.answers:
                answer.body.close()
        if verdict.reason and verdict.private:
            raise FetchError(f"{url}: {verdict.reason}")
        if verdict.reason:
            raise FetchError(f"{url}: {verdict.reason}, so that nothing can be learnt of it.")
        return verdict.rules

    def get(self, url: str) -> tuple[int, bytes, str]:
        """Status, content, and the Location header or else the content type."""
        rules = self.rules(url)
        if not rules.allows(url):
            raise FetchError(f"{url}: its robots.txt forbids us to fetch it.")
        pause = max(self.delay, min(rules.crawl_delay or 0.0, _PATIENCE))
        with self._pace.turn(lane(url), pause):
            return _body(self._session, url)


def _body(session: PoliteSession, url: str) -> tuple[int, bytes, str]:
    answer = session.fetch(url)
    try:
        data = b"".join(unpacked(pieces_of(answer.body), answer.header("content-encoding"), _LIMIT))
        data = ungzipped(data, _LIMIT)
    except (ValueError, OverflowError) as error:
        raise FetchError(f"{url}: {error}") from error
    finally:
        answer.body.close()
    return answer.status, data, answer.header("location") or answer.header("content-type")


def _start(visitor: _Visitor, url: str) -> tuple[str, bytes, str]:
    """The page at the end of at most five redirects: its URL, bytes and content type."""
    for _ in range(6):
        status, data, header = visitor.get(url)
        target = normalise(header, url) if 300 <= status < 400 else None
        if target is None:
            if status != 200:
                raise FetchError(f"{url}: answers {status}, so that nothing can be learnt of it.")
            return url, data, header
        if leads_to_login(target):
            wall = f"a login is asked for (redirects to {target})"
            raise FetchError(f"{url}: {wall}, so that nothing can be learnt of it.")
        url = target
    raise FetchError(f"{url}: redirects more than five times.")


def _sitemaps(visitor: _Visitor, site: str, named: tuple[str, ...], *, guess: bool) -> list[str]:
    """The sitemaps that robots.txt names, else the first of the usual places that holds one."""
    declared = [url for raw in named if (url := normalise(raw, site + "/"))]
    if declared:
        return declared
    for path in _USUAL if guess else ():
        try:
            status, data, _ = visitor.get(site + path)
        except FetchError:
            continue
        if status == 200 and next(iter(sitemap_links(iter([data]), site + path)), None):
            return [site + path]
    return []


def _feeds(visitor: _Visitor, page: Page) -> list[str]:
    """The feeds that the page names and that are feeds."""
    found = []
    for link in [link for link in page.links if link.role == "feed"][:10]:
        try:
            _, data, kind = visitor.get(link.url)
            feed_links(data, link.url, kind)
        except (FetchError, FeedError):
            continue
        found.append(link.url)
    return found


def detect(
    session: PoliteSession,
    address: str,
    *,
    kind: SourceKind = "municipality",
    municipality: str | None = None,
    delay: float = 1.0,
) -> Detection:
    """Look at a site and declare it as a source, with ``delay`` seconds between two requests to a host.

    Raises UsageError when ``address`` is no web address, FetchError when the site does not answer, its robots.txt
    forbids us, or a firewall or a login is in the way.
    """
    url = normalise(address if "://" in address else f"https://{address}")
    if url is None:
        raise UsageError(f"'{address}' is no web address; write it as https://www.example.se/.")
    visitor = _Visitor(session, delay)
    url, data, content_type = _start(visitor, url)
    page = read_page(data, url, content_type)
    if wall := blocked(data, content_type, page.password, len(page.links)):
        raise FetchError(f"{url}: {wall}, so that nothing can be learnt of it.")
    rules = visitor.rules(url)
    cms = cms_of(data.decode("utf-8", "replace"))
    slow = (rules.crawl_delay or 0.0) > _PATIENCE
    sitemaps = _sitemaps(visitor, origin(url), rules.sitemaps, guess=not slow)
    feeds = [] if slow else _feeds(visitor, page)
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    remarks = [f"the system is {cms}" if cms else "no known system was recognised"]
    remarks += [f"{len(sitemaps)} sitemaps" if sitemaps else "no sitemap was found", f"{len(feeds)} feeds"]
    if slow:
        remarks = [remarks[0], f"its robots.txt asks for {rules.crawl_delay:g} seconds between two requests; "
                   "sitemaps and feeds were not looked for"]  # fmt: skip
    source = Source(
        id=re.sub(r"[^a-z0-9._-]", "-", urlsplit(url).netloc.lower().removeprefix("www.")) or host, kind=kind,
        name=page.title, municipality=municipality, start=(url,), sitemaps=tuple(sitemaps), feeds=tuple(feeds),
        delay=max(1.0, rules.crawl_delay or 0.0), cms=cms,
    )  # fmt: skip
    return Detection(source, tuple(remarks))
