"""An inspected document as text for people."""

from __future__ import annotations

from typing import Any

_MARKS = {"problem": "✗", "remedy": "↻", "ok": "✓", "neutral": "·"}


def _finding(finding: dict[str, Any]) -> str:
    return f"{_MARKS[finding['polarity']]} {finding['theme']} {finding['polarity']} ({finding['attribution']})"


def _event(event: dict[str, Any]) -> str:
    facts = [event["authority"], event["date"], event["case_number"]]
    if event["count"]:
        facts.append(f"{event['count']} st")
    if event["amount"]:
        facts.append(f"{event['amount']:,} kr".replace(",", " "))
    return f"  {event['kind']}: {', '.join(str(f) for f in facts if f) or '–'}\n      ”{event['quote']}”\n"


def show(row: dict[str, Any]) -> str:
    """Title, dates, municipalities, the passages that have findings, and the events."""
    document = row["document"]
    places = ", ".join(f"{m['name']} ({m['code']})" for m in document["municipalities"]) or "ingen kommun"
    dates = ", ".join(f"{name} {document[name]}" for name in ("published", "updated", "decided") if document[name])
    lines = [f"{document['title'] or row['file']}\n  {places}; {document['source_kind']}; {dates or 'inget datum'}\n"]
    lines += [
        f"  {'; '.join(map(_finding, passage['findings']))}\n      ”{passage['text']}”\n"
        for passage in row["passages"]
        if passage["findings"]
    ]
    lines += [_event(event) for event in row["events"]]
    return "".join(lines)
