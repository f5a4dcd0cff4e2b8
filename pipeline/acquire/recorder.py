"""Answers into WARC segments: opened when first needed, closed at 256 MiB."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pipeline.acquire.answer import Answer
from pipeline.acquire.limits import CONTACT, USER_AGENT
from pipeline.acquire.work import Item
from pipeline.archive import SEGMENT_BYTES, Exchange, Original, Pack, Place, SegmentWriter


class Recorder:
    """Writes the exchanges of one crawl to ``folder``, at once when they arrive. Shared by all workers.

    A segment keeps its temporary name until the frontier knows all that is in it (``settled``): what a kill leaves
    under a temporary name is taken over by the next crawl. ``pack`` makes the records (see ``SegmentWriter``).
    """

    def __init__(self, folder: Path, *, segment_bytes: int = SEGMENT_BYTES, pack: Pack | None = None) -> None:
        self._folder = folder
        self._limit = segment_bytes
        self._pack = pack
        self._segment: SegmentWriter | None = None
        self._stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        self._number = 0
        self._lock = threading.Lock()
        self._full: list[SegmentWriter] = []
        self._unsettled: Counter[str] = Counter()
        self._closed = 0

    def record(
        self, item: Item, answer: Answer, metadata: Mapping[str, str], *, revisit: bool = False, role: str = ""
    ) -> Place:
        """Archive an answer, as a revisit of what is known or in full; where it stands."""
        original = None
        if revisit and item.known:
            known = item.known
            when = datetime.fromtimestamp(known.time, UTC)
            original = Original(
                item.url, when, known.sha256, known.place.record_id, known.place.warc, known.place.offset
            )
        exchange = Exchange(
            answer.url, answer.time, answer.status, answer.headers, answer.body.stream(), answer.reason, answer.version,
            answer.request_headers, answer.ip, item.source or None, item.origin, metadata, original, role,
            answer.body.sha256,
        )  # fmt: skip
        with self._lock:
            segment = self._open()
            self._unsettled[segment.name] += 1
        place = segment.write(exchange)
        with self._lock:
            if segment.size >= self._limit and segment is self._segment:
                self._full.append(segment)
                self._segment = None
        return place

    @property
    def bytes(self) -> int:
        """Bytes written by this crawl."""
        with self._lock:
            return self._closed + sum(s.size for s in (*self._full, *([self._segment] if self._segment else [])))

    def settled(self, places: Iterable[Place]) -> None:
        """The frontier knows these; full segments of which it knows all get their name."""
        with self._lock:
            self._unsettled.subtract(place.warc for place in places)
            done = [segment for segment in self._full if self._unsettled[segment.name] <= 0]
            self._full = [segment for segment in self._full if segment not in done]
            self._closed += sum(segment.size for segment in done)
        for segment in done:
            segment.close()

    def close(self) -> None:
        """Finish all segments: the frontier knows everything."""
        with self._lock:
            for segment in (*self._full, *([self._segment] if self._segment else [])):
                self._closed += segment.size
                segment.close()
            self._full, self._segment = [], None

    def abandon(self) -> None:
        """Leave unfinished segments as they are, for the next crawl to take over."""
        with self._lock:
            for segment in (*self._full, *([self._segment] if self._segment else [])):
                segment.abandon()
            self._full, self._segment = [], None

    def _open(self) -> SegmentWriter:
        if self._segment is None:
            while (self._folder / f"{self._name()}.warc.gz").exists() or self._left_open():
                self._number += 1
            info = {"operator": CONTACT, "http-header-user-agent": USER_AGENT, "robots": "RFC 9309"}
            self._segment = SegmentWriter(self._folder, self._name(), info=info, pack=self._pack)
            self._number += 1
        return self._segment

    def _left_open(self) -> bool:
        return (self._folder / f"{self._name()}.warc.gz.open").exists()

    def _name(self) -> str:
        return f"tillsyn-{self._stamp}-{self._number:05}"
