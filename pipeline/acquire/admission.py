"""Which of the links found belong to a source, and how soon they are fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.acquire.discovery import Link
from pipeline.acquire.focus import Focus
from pipeline.acquire.urls import lane, normalise, same_site
from pipeline.acquire.work import Candidate, Item
from pipeline.records import Source
from pipeline.sources import matches

_LISTS = 1000.0
_START = 900.0
_DEEPEST = 200
_PAGES_OF_A_LISTING = 200
_NESTED = 5
_USUAL_SITEMAPS = {"sitevision": "/sitemapindex.xml", "wordpress": "/wp-sitemap.xml"}
_DECLARED = (("sitemaps", "sitemap", "sitemap"), ("feeds", "feed", "feed"), ("listings", "listing", "listing"))


def _base(host: str) -> str:
    """The last two labels of a name: what a municipality's own hosts share ('handlingar.ort.se', 'www.ort.se')."""
    name = host.partition(":")[0]
    return name if name.replace(".", "").isdigit() or ":" in name else ".".join(name.split(".")[-2:])


@dataclass(frozen=True, slots=True)
class Scope:
    """The border of one source: its hosts, its patterns, and whether links in pages are followed."""

    source: Source
    hosts: frozenset[str]
    bases: frozenset[str]
    follows: bool

    @classmethod
    def of(cls, source: Source) -> Scope:
        """The scope that a declaration means: the hosts of all the addresses in it.

        A source of feeds alone takes the items of its feeds and follows no further links.
        """
        urls = [*source.start, *source.sitemaps, *source.feeds, *source.listings]
        hosts = frozenset(urlsplit(url).netloc for raw in urls if (url := normalise(raw)))
        bases = frozenset(_base(host) for host in hosts if "." in host and not host.partition(":")[0][-1:].isdigit())
        return cls(source, hosts, bases, bool(source.start or source.listings or source.sitemaps))

    def covers(self, host: str) -> bool:
        """Whether a host is one of the source's, with or without 'www.'."""
        return same_site(host, self.hosts)

    def widened(self, host: str) -> Scope:
        """The same scope with one more host (where a start page moved to)."""
        return Scope(self.source, self.hosts | {host}, self.bases, self.follows)

    def excludes(self, url: str) -> bool:
        """Whether the declaration shuts a URL out."""
        return any(matches(pattern, url) for pattern in self.source.exclude)

    def holds(self, url: str, role: str, rule: str, hops: int) -> bool:
        """Whether a URL that was admitted once, by a declaration that may have been another, still is.

        What a redirect led to (``hops``) need not fit ``include``.
        """
        host = lane(url)
        if self.excludes(url):
            return False
        if role != "page":
            return self.covers(host) or role == "sitemap"
        if self.source.include and not hops:
            return any(matches(pattern, url) for pattern in self.source.include)
        return rule == "feed" or self.covers(host) or (rule == "document" and _base(host) in self.bases)

    def admits(self, link: Link, item: Item) -> bool:
        """Whether a link found on ``item`` belongs to the source."""
        host = lane(link.url)
        from_list = item.role in ("feed", "sitemap") and link.role == "page"
        document = link.rule == "document" and _base(host) in self.bases
        inside = self.covers(host) or document or (from_list and item.role == "feed")
        if self.excludes(link.url):
            return False
        if link.role != "page":
            return self.covers(host) or (link.role == "sitemap" and item.role == "sitemap")
        if self.source.include:
            return any(matches(p, link.url) for p in self.source.include) and (inside or not from_list)
        return inside


def declared(source: Source) -> Iterator[Candidate]:
    """What a declaration names outright: lists first, then start pages."""
    follows = Scope.of(source).follows
    for key, role, rule in _DECLARED:
        for raw in getattr(source, key):
            if url := normalise(raw):
                yield Candidate(url, source.id, role, rule, _LISTS, follows=follows)  # type: ignore[arg-type]
    for raw in source.start:
        if url := normalise(raw):
            yield Candidate(url, source.id, "page", "start", _START)


def from_robots(source: Source, origin: str, sitemaps: Iterable[str]) -> Iterator[Candidate]:
    """The sitemaps that a robots.txt names; without any, and none declared, the place that is usual for the CMS.

    Such a guess has the rule 'guess', and its absence is no failure.
    """
    named = [url for raw in sitemaps if (url := normalise(raw, origin + "/"))]
    for url in named:
        yield Candidate(url, source.id, "sitemap", "robots.txt", _LISTS)
    if not named and not source.sitemaps:
        usual = _USUAL_SITEMAPS.get(source.cms or "", "/sitemap.xml")
        yield Candidate(origin + usual, source.id, "sitemap", "guess", _LISTS)


def admitted(
    links: Iterable[Link], item: Item, scope: Scope, focus: Focus | None, warmth: float, news: bool = False
) -> Iterator[Candidate]:
    """The links that the source admits, each with its priority.

    ``warmth`` is how much the page they stand on is about the subject; a part of it passes on to
    its links. Without a focus pages come in order of depth. ``news`` says that the page is new or changed.
    """
    for link in links:
        if link.url == item.url or not scope.admits(link, item):
            continue
        if not scope.follows and item.role == "page":
            continue
        depth = item.depth + 1
        nested = depth > {"sitemap": _NESTED, "listing": _PAGES_OF_A_LISTING}.get(link.role, _DEEPEST)
        if link.role == "page":
            priority, off = _priority(link, item, focus, warmth)
            depth = 1 if item.role in ("sitemap", "feed", "listing") else depth
            yield Candidate(
                link.url,
                item.source,
                "page",
                link.rule,
                priority,
                min(depth, _DEEPEST),
                off,
                item.id,
                lastmod=link.lastmod,
                follows=scope.follows,
                news=news,
            )
        elif not nested:
            yield Candidate(
                link.url, item.source, link.role, link.rule, _LISTS - depth, depth, 0, item.id, lastmod=link.lastmod,
                follows=scope.follows,
            )  # fmt: skip


def _priority(link: Link, item: Item, focus: Focus | None, warmth: float) -> tuple[float, int]:
    """Priority of a page and its distance from the subject."""
    listed = item.role in ("sitemap", "feed", "listing")
    depth = 1 if listed else item.depth + 1
    if focus is None:
        return -0.01 * depth, 0
    score = focus.score(link.url, link.text)
    if score > 0:
        return 10 + min(score, 30) + min(warmth, 10) / 5 - 0.1 * depth, 0
    off = 1 if listed else item.off + 1
    near = min(max(warmth, 0), 10) / 2 + max(score, -5) - 0.1 * depth
    return (near if off <= focus.depth else near - 100 - off), off
