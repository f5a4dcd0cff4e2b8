"""What a server asks for by Retry-After."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 365 * 86400.0
"""The longest wait, in seconds, that a server is granted; who asks for more is asked again after a year."""


def retry_after(value: str, now: float) -> float | None:
    """Seconds to wait that a Retry-After header asks for (seconds or an HTTP date); None when it asks nothing clear.

    A year at most.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max(0.0, when.timestamp() - now), LONGEST)


def http_time(seconds: float) -> str:
    """A time (seconds since 1970) in words for a log."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
