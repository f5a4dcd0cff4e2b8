"""After a crash: what the archive holds but the frontier does not yet know is taken over, not fetched again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.acquire.answer import Answer, Body
from pipeline.acquire.frontier import Frontier
from pipeline.acquire.gatekeeper import Verdict
from pipeline.acquire.handler import Handler
from pipeline.acquire.keeper import Keeper, RobotsOutcome
from pipeline.acquire.robots import rules_for
from pipeline.acquire.urls import origin
from pipeline.acquire.work import Item, Outcome
from pipeline.archive import Place, RawRecord, raw_records
from pipeline.archive.exchange import parse_warc_date

_BATCH = 50
_CLOCK = 0.001


def _answer(record: RawRecord) -> Answer:
    """The answer that a record of ours was made from."""
    body = Body()
    body.add(record.block)
    url = str(record.fields.get_header("WARC-Target-URI"))
    reason = record.http.statusline.partition(" ")[2]
    return Answer(
        url, parse_warc_date(record.fields.get_header("WARC-Date")), int(record.http.get_statuscode()), reason,
        record.http.protocol, tuple(record.http.headers), body, (),
    )  # fmt: skip


def _status(record: RawRecord) -> int:
    return int(record.http.get_statuscode())


def _lost(path: Path, frontier: Frontier) -> Iterator[tuple[Item | None, RawRecord]]:
    """Records whose URLs the frontier does not know to be fetched as late as they were; robots.txt with None."""
    for record in raw_records(path):
        if record.type not in ("response", "revisit"):
            continue
        fetched = parse_warc_date(record.fields.get_header("WARC-Date")).timestamp()
        url = str(record.fields.get_header("WARC-Target-URI"))
        if record.fields.get_header("Tillsyn-Role") == "robots":
            stored = frontier.robots(origin(url))
            told = _status(record) < 500 and _status(record) != 429
            if told and url.endswith("/robots.txt") and (stored is None or stored[0] < fetched - _CLOCK):
                yield None, record
            continue
        found = frontier.find(url)
        if found and found[1] in ("due", "active") and found[0].fetched < fetched - _CLOCK:
            yield found[0], record


def _robots(record: RawRecord) -> RobotsOutcome:
    url = str(record.fields.get_header("WARC-Target-URI"))
    status = _status(record)
    fetched = parse_warc_date(record.fields.get_header("WARC-Date")).timestamp()
    verdict = Verdict(origin(url), rules_for(status, record.block), "", fetched, status, record.block, None)
    return RobotsOutcome(verdict, "")


def take_over(path: Path, frontier: Frontier, handler: Handler, keeper: Keeper) -> int:
    """Settle what a repaired segment holds beyond the frontier's knowledge, as if just fetched; how many."""
    frontier.forget_beyond(path.name, path.stat().st_size)
    batch: list[tuple[Outcome | RobotsOutcome, tuple[Place, ...]]] = []
    count, met, strangers = 0, set[int](), set[int]()
    for item, record in _lost(path, frontier):
        if item is None:
            batch.append((_robots(record), ()))
        elif item.id not in met and (outcome := _outcome(item, record, handler)):
            met.add(item.id)
            if not handler.knows(item.source):
                strangers.add(item.id)
            sha256 = outcome.answer.body.sha256 if outcome.answer else ""
            record_id = str(record.fields.get_header("WARC-Record-ID"))
            batch.append((outcome, (Place(path.name, record.offset, record_id, sha256),)))
        count += 1
        if len(batch) >= _BATCH:
            keeper.keep(batch)
            batch, met = [], set()
    keeper.keep(batch)
    frontier.mark_unread(strangers)
    return count


def _outcome(item: Item, record: RawRecord, handler: Handler) -> Outcome | None:
    answer = _answer(record)
    if record.type == "revisit":
        if item.anew:  # its links are still to be read, and the record has no body to read them from
            return None
        return Outcome(item, "unchanged", answer=answer)
    if not handler.knows(item.source):  # of another crawl: kept, and read when its source is crawled again
        return Outcome(item, "fetched", answer=answer) if 200 <= answer.status < 300 and answer.body.size else None
    try:
        return handler.interpret(item, answer)
    except (ValueError, OverflowError):
        return None
