"""The dates of a page: from its own date lines first, then from lines outside the text, then from its metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import dates as dating
from pipeline.extract.boilerplate import date_line
from pipeline.extract.normalise import line
from pipeline.records import DateMention

_HINT = re.compile(r"ubli[cs]|ppdater|ndra[dt]|ransk|eslut|evider|kapad|Publ|[Uu]ppd\b|Updated|modified")
_MOST_LINES = 20_000
_LISTING = 3
_HEIGHT = 4
_SHORT = 60
_MOST_NODES = 40
_DATE_NODES = "time, [class*=date], [class*=datum], [class*=publi]"


def outside(tree: LexborHTMLParser, captured: datetime | None = None) -> list[DateMention]:
    """Labelled dates anywhere on the page, a label in one element and its date in the next included."""
    if tree.body is None:
        return []
    lines = [row for row in tree.body.text(separator="\n").split("\n") if row.strip()][:_MOST_LINES]
    mentions: list[DateMention] = []
    for i, row in enumerate(lines):
        if len(row) > 300 or not _HINT.search(row):
            continue
        joined = line(row)
        if len(joined) > 120:
            continue
        found = dating.labelled_line(joined, captured)
        if not found and (label := dating.label_at(joined)) and not joined[label[1] :].strip(" :.-–"):
            found = _with_next(joined, line(lines[i + 1]) if i + 1 < len(lines) else "", captured)
        mentions += [DateMention(m.kind, m.date, m.evidence) for m in found if m.kind != "deadline"]
    return mentions


def _with_next(label: str, following: str, captured: datetime | None) -> list[DateMention]:
    """A label and the date in the element after it; a sentence that begins with a date is none."""
    found = dating.labelled_line(f"{label} {following}"[:120], captured)
    return found if found and len(following) <= (found[0].end or 0) - len(label) + 10 else []


def near_title(tree: LexborHTMLParser, captured: datetime | None = None) -> list[DateMention]:
    """A bare date in an element of its own beside the title: the date of publication on many sites.

    Two different ones are none: they belong to other things.
    """
    above = tree.css_first("h1")
    for _ in range(_HEIGHT):
        above = above.parent if above is not None else None
        if above is None or above.tag in ("body", "html"):
            break
        texts = {line(node.text(separator=" ")) for node in above.css(_DATE_NODES)[:_MOST_NODES]}
        mentions = [
            m for text in sorted(texts) if len(text) <= _SHORT for m in date_line(text, captured, top=True) or ()
        ]
        if found := [mention for mention in mentions if mention.kind == "published"]:
            return found if len({mention.date for mention in found}) == 1 else []
    return []


def choose(
    own: Sequence[DateMention],
    page: Sequence[DateMention],
    meta: Sequence[DateMention],
    title: Sequence[DateMention] = (),
) -> tuple[DateMention, ...]:
    """The page's dates, the trusted ones first.

    ``own`` stand on date lines of the content, ``page`` anywhere on the page, ``meta`` in
    tags and JSON-LD, ``title`` beside the title. A kind with three or more different dates in ``own`` or ``page`` is
    that of a listing's entries, and no date of the page. A page that says only when it was
    last reviewed is updated on that day.
    """
    labelled = {mention.date for mention in (*own, *page)}
    title = [mention for mention in title if mention.date not in labelled]
    chosen: list[DateMention] = []
    for kind in ("published", "updated", "reviewed", "decided"):
        for source, most in ((own, _LISTING - 1), (page, 1), (title, 1), (meta, 99)):
            found = [mention for mention in source if mention.kind == kind]
            if found and len({mention.date for mention in found}) <= most:
                chosen.append(found[0])
                break
    if (reviewed := next((m for m in chosen if m.kind == "reviewed"), None)) and all(
        m.kind != "updated" for m in chosen
    ):
        chosen.append(DateMention("updated", reviewed.date, reviewed.evidence))
    return tuple(chosen)
