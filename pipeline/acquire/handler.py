"""One item fetched and understood: from a URL of the frontier to an Outcome."""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from pipeline.acquire.addresses import is_public
from pipeline.acquire.admission import Scope, admitted
from pipeline.acquire.answer import Answer, pieces_of, ungzipped, unpacked
from pipeline.acquire.discovery import Link, Page, feed_links, read_page, sitemap_links
from pipeline.acquire.discovery.feeds import FeedError
from pipeline.acquire.focus import Focus
from pipeline.acquire.frontier import Frontier
from pipeline.acquire.judge import Content, blocked, hollow, leads_to_login, see
from pipeline.acquire.retry import http_time, retry_after
from pipeline.acquire.schedule import backoff
from pipeline.acquire.session import PoliteSession, TransientError, UnwantedError
from pipeline.acquire.urls import normalise
from pipeline.acquire.work import Candidate, Item, Outcome
from pipeline.errors import FetchError

_PASSING = (408, 425, 429, 500, 502, 503, 504)
_FEED_LIMIT = 32 << 20
_SEEN = 40_000
_WARMER = 1.0
_DECLARED = ("start", "sitemap", "feed", "listing")


class Handler:
    """Fetches items and says what became of them. Shared by all workers.

    A declared place that moved to another host widens its source's scope; the next crawl knows that from the frontier
    (``declarations``).

    ``read`` reads pages as ``discovery.read_page`` does.
    """

    def __init__(
        self,
        session: PoliteSession,
        scopes: Mapping[str, Scope],
        focus: Focus | None,
        frontier: Frontier,
        *,
        read: Callable[..., Page] = read_page,
    ) -> None:
        self._session = session
        self._scopes = dict(scopes)
        self._focus = focus
        self._frontier = frontier
        self._limits = session.limits
        self._read = read
        self._seen: dict[tuple[str | tuple[str, ...], Link], tuple[int, int, float]] = {}

    def scope(self, source: str) -> Scope:
        """The border of a source."""
        return self._scopes[source]

    def knows(self, source: str) -> bool:
        """Whether a source is of this crawl."""
        return source in self._scopes

    @property
    def patience(self) -> float:
        """Longest time, in seconds, that a crawl waits for a URL to be due again."""
        return self._limits.patience

    def fetch(self, item: Item) -> Outcome:
        """Fetch an item. Never raises for what a server does."""
        limit = self._limits.max_list_bytes if item.role in ("sitemap", "feed") else self._limits.max_bytes
        try:
            answer = self._session.fetch(item.url, self._conditions(item), max_bytes=limit)
        except TransientError as error:
            return self._again(item, _short(error, item), heavy=error.heavy)
        except UnwantedError as error:
            return Outcome(item, "skipped", _short(error, item))
        except FetchError as error:
            return Outcome(item, "failed", _short(error, item))
        try:
            return self.interpret(item, answer)
        except (ValueError, OverflowError) as error:
            answer.body.close()
            if isinstance(error, OverflowError):
                return Outcome(item, "failed", f"a gzip bomb: it {error}")
            return self._again(item, str(error))

    def interpret(self, item: Item, answer: Answer) -> Outcome:
        """What an answer means. Raises ValueError or OverflowError when its content coding is damaged or a bomb."""
        status = answer.status
        if status == 304:
            if item.known:
                return Outcome(item, "unchanged", answer=answer)
            return Outcome(item, "failed", "answers 304 to a question without conditions", answer)
        if 300 <= status < 400 and answer.header("location"):
            return self._redirect(item, answer)
        if status in (404, 410):
            return Outcome(item, "gone", f"{status} {answer.reason}".strip(), answer)
        if status in _PASSING or status >= 500:
            return self._busy(item, answer)
        content = see(answer, self._limits.max_list_bytes if item.role == "sitemap" else self._limits.max_bytes)
        if not 200 <= status < 300:
            return self._denied(item, answer, content)
        if content.size == 0:
            return self._again(item, f"an empty page (status {status}, 0 bytes)", answer=answer)
        return self._good(item, answer, content)

    def _conditions(self, item: Item) -> dict[str, str]:
        """If-None-Match and If-Modified-Since, unless the links must be read anew."""
        if item.known is None or item.anew:
            return {}
        headers = {"If-None-Match": item.known.etag} if item.known.etag else {}
        return headers | ({"If-Modified-Since": item.known.last_modified} if item.known.last_modified else {})

    def _again(
        self, item: Item, reason: str, *, heavy: bool = False, wait: float = 0.0, answer: Answer | None = None
    ) -> Outcome:
        """Another try later, or the end when there were enough of them, or nobody who could answer otherwise."""
        if not self._session.network:
            return Outcome(item, "failed", reason, answer)
        if item.tries + 1 >= (2 if heavy else self._limits.tries):
            return Outcome(item, "failed", f"{reason}, {item.tries + 1} times", answer)
        if answer is not None:
            answer.body.close()
        pause = max(wait, backoff(item.tries + 1, self.scope(item.source).source.delay, random.random()))
        return Outcome(item, "retry", reason, retry_at=time.time() + pause)

    def _busy(self, item: Item, answer: Answer) -> Outcome:
        now = answer.time.timestamp()
        reason = f"{answer.status} {answer.reason}".strip()
        wait = retry_after(answer.header("retry-after"), now)
        if wait is not None and wait > self._limits.patience and self._session.network:
            when = f"{reason}, asks us to come back at {http_time(now + wait)}"
            return Outcome(item, "deferred", when, answer, retry_at=now + wait)
        outcome = replace(self._again(item, reason, wait=wait or 0.0), answer=answer)
        return replace(outcome, metadata={"host-waits": str(wait)}) if wait else outcome

    def _redirect(self, item: Item, answer: Answer) -> Outcome:
        target = normalise(answer.header("location"), item.url)
        if target is None:
            return Outcome(
                item, "failed", f"redirects to '{answer.header('location')[:200]}', which is no web address", answer
            )
        if leads_to_login(target) and not leads_to_login(item.url):
            return Outcome(item, "failed", f"a login is asked for (redirects to {target})", answer, blocked=True)
        if item.hops >= self._limits.max_redirects:
            return Outcome(
                item, "failed", f"more than {self._limits.max_redirects} redirects, from {item.origin}", answer
            )
        if self._loops(item.url, target):
            return Outcome(item, "failed", f"a redirect loop: to {target} and back", answer)
        host = urlsplit(target).netloc
        literal = urlsplit(target).hostname or ""
        if not self._session.allow_private and _is_address(literal) and not is_public(literal):
            return Outcome(item, "failed", f"redirects to {target}, which is not on the public internet", answer)
        scope = self.scope(item.source)
        if not scope.covers(host) and _declared(item):
            self._scopes[item.source] = scope.widened(host)
        elif not scope.covers(host) and item.role == "page" and item.rule != "feed":
            verdict = "skipped" if not _is_address(literal) or is_public(literal) else "failed"
            return Outcome(item, verdict, f"redirects to {target}, outside of the source", answer)  # type: ignore[arg-type]
        names = [name for name in (item.source, *item.also) if not self.scope(name).excludes(target)]
        if not names:
            return Outcome(item, "skipped", f"redirects to {target}, outside of the source", answer)
        following = Candidate(
            target, item.source, item.role, item.rule, item.priority, item.depth, item.off, item.id, item.hops + 1,
            item.origin or item.url,
        )  # fmt: skip
        links = tuple(replace(following, source=name, follows=self.scope(name).follows) for name in names)
        return Outcome(item, "redirect", target, answer, links)

    def _loops(self, url: str, target: str) -> bool:
        """Whether the redirects known so far lead from ``target`` back to ``url``."""
        for _ in range(self._limits.max_redirects + 2):
            if target == url:
                return True
            target = self._frontier.redirect_target(target)
            if not target:
                return False
        return False

    def _denied(self, item: Item, answer: Answer, content: Content) -> Outcome:
        """A 4xx answer: refused for good, with what the page says about it."""
        reason = f"{answer.status} {answer.reason}".strip()
        page = self._read(content.data, item.url, answer.header("content-type"), shape=False)
        wall = blocked(content.data, answer.header("content-type"), page.password, 0)
        return Outcome(item, "failed", f"{reason}: {wall}" if wall else reason, answer, blocked=True)

    def _good(self, item: Item, answer: Answer, content: Content) -> Outcome:
        same = item.known is not None and item.known.sha256 == answer.body.sha256
        verdict = "unchanged" if same else "fetched"
        notes = ("sends more bytes than its Content-Length announces",) if answer.excess else ()
        if item.role == "sitemap":
            return self._sitemap(item, answer, content, verdict, notes)
        if item.role == "feed":
            return self._feed(item, answer, verdict, notes)
        if content.kind != "html":
            return Outcome(item, verdict, answer=answer, notes=notes)  # type: ignore[arg-type]
        page = self._read(
            content.data,
            item.url,
            answer.header("content-type"),
            listing=item.role == "listing",
            shape=item.rule in _DECLARED,
        )
        wall = blocked(content.data, answer.header("content-type"), page.password, len(page.links))
        if not wall and not page.links:
            wall = hollow(content.data, answer.header("content-type"))
        if wall:
            return Outcome(item, "failed", wall, answer, blocked=True)
        if item.role == "listing" and _declared(item) and not self._any(page.links, item):
            return Outcome(item, "failed", "is a listing without any link that belongs to the source", answer)
        if answer.media_type == "application/pdf" or urlsplit(item.url).path.lower().endswith(".pdf"):
            notes = (*notes, "is a web page under the name of a PDF")
        warmth = self._focus.score(item.url, page.title) if self._focus else 0.0
        links = self._admitted(self._unseen(page.links, item, warmth), item, warmth, verdict == "fetched")
        return Outcome(item, verdict, answer=answer, links=tuple(links), notes=notes, shape=page.shape)  # type: ignore[arg-type]

    def _any(self, links: Iterable[Link], item: Item) -> bool:
        """Whether any link leads on from a page."""
        scope = self.scope(item.source)
        return any(link.url != item.url and scope.admits(link, item) for link in links)

    def _unseen(self, links: Iterable[Link], item: Item, warmth: float) -> list[Link]:
        """The links that no page of this crawl led to lately by the same words, unless from a worse place.

        Menus need not be judged again; but a page nearer to the subject, or to the start, speaks more for a link.
        """
        sources, seen = (item.source, *item.also) if item.also else item.source, self._seen
        here = (-1, 0, -warmth) if item.role == "listing" else (item.off, item.depth, -warmth)
        if len(seen) > _SEEN:
            seen.clear()
        fresh = []
        for link in links:
            best = seen.get((sources, link))
            if best is None or here[0] < best[0] or here[1] < best[1] or here[2] < best[2] - _WARMER:
                seen[sources, link] = here if best is None else tuple(map(min, here, best))  # type: ignore[assignment]
                fresh.append(link)
        return fresh

    def _admitted(
        self, links: Iterable[Link], item: Item, warmth: float = 0.0, news: bool = False
    ) -> Iterator[Candidate]:
        """The links that the item's source admits, and those that the others do which have it too."""
        if not item.also:
            return admitted(links, item, self.scope(item.source), self._focus, warmth, news)
        items = [item, *(replace(item, source=name) for name in item.also)]
        return (
            candidate
            for link in links
            for one in items
            for candidate in admitted((link,), one, self.scope(one.source), self._focus, warmth, news)
        )

    def _sitemap(self, item: Item, answer: Answer, content: Content, verdict: str, notes: tuple[str, ...]) -> Outcome:
        if content.kind in ("html", "pdf"):
            if item.rule == "guess":
                return Outcome(item, "gone", "no sitemap at the usual place", answer)
            return Outcome(item, "failed", "is no sitemap but a web page", answer)
        if next(self._entries(item, answer), None) is None:
            if _declared(item):
                return Outcome(item, "failed", "is a sitemap without any address", answer)
            notes = (*notes, "is a sitemap without any address") if item.rule == "robots.txt" else notes
        links = self._admitted(self._entries(item, answer), item)
        return Outcome(item, verdict, answer=answer, links=links, notes=notes)  # type: ignore[arg-type]

    def _entries(self, item: Item, answer: Answer) -> Iterator[Link]:
        """What a sitemap lists, from its start (one reader of the body at a time)."""
        pieces = unpacked(pieces_of(answer.body), answer.header("content-encoding"), self._limits.max_list_bytes)
        return _whole(sitemap_links(pieces, item.url))

    def _feed(self, item: Item, answer: Answer, verdict: str, notes: tuple[str, ...]) -> Outcome:
        pieces = unpacked(pieces_of(answer.body), answer.header("content-encoding"), _FEED_LIMIT)
        try:
            data = ungzipped(b"".join(pieces), _FEED_LIMIT)
            links, odd = feed_links(data, item.url, answer.header("content-type"))
        except FeedError as error:
            return Outcome(item, "failed" if item.rule == "feed" else "skipped", str(error), answer)
        if not links and _declared(item):
            return Outcome(item, "failed", "is a feed without any item", answer)
        found = tuple(self._admitted(links, item, news=verdict == "fetched"))
        return Outcome(item, verdict, answer=answer, links=found, notes=(*notes, *odd))  # type: ignore[arg-type]


def _whole(links: Iterator[Link]) -> Iterator[Link]:
    """The links up to where a damaged gzip file ends."""
    try:
        yield from links
    except zlib.error:
        return


def _declared(item: Item) -> bool:
    """Whether an item is a place that the declaration names, or where such a place moved to."""
    return item.rule in _DECLARED and item.depth == 0


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _short(error: FetchError, item: Item) -> str:
    return str(error).removeprefix(f"{item.url}: ")
