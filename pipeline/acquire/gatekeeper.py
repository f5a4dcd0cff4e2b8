"""robots.txt for the crawl: fetched before anything else of a host, kept for 24 hours, followed through redirects."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace

from pipeline.acquire.addresses import AddressRefusedError
from pipeline.acquire.answer import Answer, pieces_of, unpacked
from pipeline.acquire.frontier import Frontier
from pipeline.acquire.lanes import StoppedError
from pipeline.acquire.pace import Pace
from pipeline.acquire.retry import http_time, retry_after
from pipeline.acquire.robots import DENY_ALL, HOURS_24, Robots, rules_for
from pipeline.acquire.session import PoliteSession, TransientError, UnknownHostError
from pipeline.acquire.urls import lane, normalise
from pipeline.acquire.urls import origin as origin_of
from pipeline.acquire.work import fault
from pipeline.errors import FetchError

_REDIRECTS = 5
_TRIES = 3
_GIVEN_UP = 30 * 86400.0
_LONGEST_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rules for one origin.

    ``reason`` says why everything is refused, when it is; ``private`` that this is no answer of the host's: its
    address is refused or not to be found, or reading its answer failed. ``until`` is when it asks us to come back, if
    that is long (seconds since 1970, else 0).
    ``answers`` are to be archived.
    """

    origin: str
    rules: Robots
    reason: str
    fetched: float
    status: int
    body: bytes
    down_since: float | None
    answers: tuple[Answer, ...] = ()
    private: bool = False
    until: float = 0.0


class BusyError(FetchError):
    """The host answers ``status`` and asks us not to come back before ``until`` (seconds since 1970)."""

    def __init__(self, status: int, until: float) -> None:
        super().__init__(f"answers {status}, asks us to come back at {http_time(until)}")
        self.status = status
        self.until = until


class Gatekeeper:
    """Knows the rules of every origin. Shared by all workers; each origin is asked by one of them at a time.

    ``frontier`` remembers them from one crawl to the next (None: nothing is remembered); ``pace`` is the pause between
    requests to a host, retries and redirects of robots.txt included.
    """

    def __init__(self, session: PoliteSession, frontier: Frontier | None, pace: Pace) -> None:
        self._session = session
        self._frontier = frontier
        self._pace = pace
        self._known: dict[str, Verdict] = {}
        self._lock = threading.Lock()

    def known(self, origin: str, now: float) -> Verdict | None:
        """The rules of an origin when they were fetched within 24 hours, in this crawl or an earlier one."""
        verdict = self._known.get(origin)
        if verdict is None and (row := self._stored(origin)):
            verdict = _verdict(origin, *row)
            if verdict.reason:
                return None
            self._known[origin] = verdict
        return verdict if verdict and now - verdict.fetched < HOURS_24 else None

    def ask(self, origin: str, delay: float = 0.0) -> Verdict:
        """Fetch the rules of an origin; earlier ones stand in while the file is unreachable (RFC 9309 section 2.4).

        ``delay`` is the least number of seconds between two requests to a host.
        """
        verdict = self._asked(origin, delay)
        with self._lock:
            self._known[origin] = verdict
        return verdict

    def _stored(self, origin: str) -> tuple[float, int, bytes, float | None] | None:
        return self._frontier.robots(origin) if self._frontier else None

    def _asked(self, origin: str, delay: float) -> Verdict:
        answers: list[Answer] = []
        try:
            status, body = self._fetch(origin + "/robots.txt", delay, answers)
        except (AddressRefusedError, UnknownHostError) as error:
            reason = str(error).removeprefix(f"{origin}/robots.txt: ")
            return self._unheard(origin, reason, answers)
        except BusyError as error:
            reason = f"its robots.txt answers {error.status}, asks us to come back at {http_time(error.until)}"
            return replace(self._unheard(origin, reason, answers), status=error.status, until=error.until)
        except (sqlite3.Error, StoppedError):
            raise
        except Exception as error:
            return self._unheard(origin, fault(error), answers)
        now, stored = time.time(), self._stored(origin)
        if 0 < status < 500:
            return replace(_verdict(origin, now, status, body, None), answers=tuple(answers))
        if stored and 0 < stored[1] < 500:
            old = _verdict(origin, *stored)
            return replace(old, fetched=now, down_since=stored[3] or now, answers=tuple(answers))
        since = stored[3] if stored and stored[3] else now
        return replace(_verdict(origin, now, status, b"", since), answers=tuple(answers))

    def _unheard(self, origin: str, reason: str, answers: list[Answer]) -> Verdict:
        """Everything is refused, for a reason that is no answer of the host's."""
        return Verdict(origin, DENY_ALL, reason, time.time(), 0, b"", None, tuple(answers), private=True)

    def _fetch(self, url: str, delay: float, answers: list[Answer]) -> tuple[int, bytes]:
        """Status (0: no answer) and content, after retries and five redirects at most; ``answers`` collects.

        Raises AddressRefusedError, UnknownHostError, and BusyError for a host that asks for a long time.
        """
        status, wait = 0, 0.5
        for attempt in range(_TRIES):
            if attempt:
                self._pace.sleep(wait)
            wait = 0.5 * 2.0 ** (attempt + 1)
            try:
                answer = self._follow(url, delay, answers)
            except TransientError as error:
                status = 0
                if isinstance(error, UnknownHostError) and attempt + 1 == _TRIES:
                    raise
                if error.heavy and attempt:
                    break
                continue
            except AddressRefusedError:
                raise
            except FetchError:
                return 0, b""
            status = answer.status
            if status < 500 and status != 429:
                return status, _content(answer, self._session.limits.max_robots_bytes)
            now = time.time()
            asked = retry_after(answer.header("retry-after"), now) or 0.0
            if asked > self._session.limits.patience:
                raise BusyError(status, now + asked)
            wait = max(wait, min(asked, _LONGEST_WAIT))
        return status, b""

    def _follow(self, url: str, delay: float, answers: list[Answer]) -> Answer:
        """The answer at the end of at most five redirects, or the sixth redirect."""
        for _ in range(_REDIRECTS + 1):
            answer = self._get(url, delay)
            answers.append(answer)
            target = normalise(answer.header("location"), url) if 300 <= answer.status < 400 else None
            if target is None:
                return answer
            url = target
        return answer

    def _get(self, url: str, delay: float) -> Answer:
        """One request, in the pace of its host."""
        host = lane(url)
        known = self._known.get(origin_of(url))
        delay = max(delay, (known.rules.crawl_delay or 0.0) if known else 0.0)
        with self._pace.turn(host, delay) if self._session.network else nullcontext():
            return self._session.fetch(url, max_bytes=self._session.limits.max_robots_bytes, cut=True)


def _content(answer: Answer, limit: int) -> bytes:
    """The unpacked content as far as it can be read."""
    content = bytearray()
    with suppress(ValueError, OverflowError):
        for piece in unpacked(pieces_of(answer.body), answer.header("content-encoding"), limit):
            content += piece
    return bytes(content)


def _verdict(origin: str, fetched: float, status: int, body: bytes, down_since: float | None) -> Verdict:
    rules, reason = rules_for(status, body), ""
    if status == 0 or status >= 500:
        if down_since and fetched - down_since > _GIVEN_UP:
            return Verdict(origin, rules_for(404, b""), "", fetched, status, body, down_since)
        what = f"answers {status}" if status else "cannot be reached"
        since = f" since {http_time(down_since)}" if down_since and fetched - down_since > 60 else ""
        reason = f"its robots.txt {what}{since}, which forbids everything"
    return Verdict(origin, rules, reason, fetched, status, body, down_since)
