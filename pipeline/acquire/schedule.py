"""When a URL is due again, from how often it was seen to change."""

from __future__ import annotations

DAY = 86400.0
_LONGEST = 60 * DAY
_WITHOUT_VALIDATOR = DAY
_GONE = 30 * DAY
_FAILING = 16 * DAY


def next_due(now: float, *, first: float, changed: float, changes: int, validator: bool) -> float:
    """When to ask again after a good answer at ``now`` (seconds since 1970).

    A page waits half of the time that it is known to have stood unchanged (since ``changed``), or half
    of its mean time between changes when that is shorter, 60 days at most: a page seen once is due at
    the next crawl, one that was the same for a month in a fortnight. Without ETag and Last-Modified
    every question costs the whole page, so that at least a day passes.
    """
    stable = max(0.0, now - changed)
    if changes:
        stable = min(stable, (now - first) / changes)
    return now + max(0.0 if validator else _WITHOUT_VALIDATOR, min(stable / 2, _LONGEST))


def due_after_gone(now: float) -> float:
    """When to ask again for a page that is gone (404, 410): after 30 days."""
    return now + _GONE


def due_after_failure(now: float, fails: int) -> float:
    """When to ask again after ``fails`` crawls in a row failed: in the next one, then in 1, 2, 4, 8, 16 days."""
    return now + (min(DAY * 2.0 ** (min(fails, 20) - 2), _FAILING) if fails > 1 else 0.0)


def backoff(tries: int, delay: float, jitter: float) -> float:
    """Seconds to wait before try number ``tries`` + 1: doubling from half a second or the delay, with jitter (0-1)."""
    return float(max(0.5, min(delay, 5.0)) * 2 ** (tries - 1) * (0.75 + 0.5 * jitter))
