"""The limits of one fetch, and who we say that we are."""

from __future__ import annotations

from dataclasses import dataclass

import pipeline

PRODUCT = "tillsyn"
"""Product token that robots.txt files address us by (RFC 9309 section 2.2.1)."""
CONTACT = "https://github.com/tillsyn/tillsyn"
USER_AGENT = f"Tillsyn/{pipeline.__version__} (+{CONTACT})"
MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes that bound a fetch.

    ``slow_after`` seconds into a body, less than ``slow_rate`` bytes a second is a drip that is cut off.
    ``max_bytes`` bounds a page or file, packed and unpacked; ``max_list_bytes`` a sitemap or feed.
    """

    connect: float = 10.0
    read: float = 20.0
    headers: float = 20.0
    total: float = 180.0
    slow_after: float = 10.0
    slow_rate: float = 256.0
    max_bytes: int = 48 * MEBIBYTE
    max_list_bytes: int = 512 * MEBIBYTE
    max_robots_bytes: int = 512 * 1024
    max_redirects: int = 10
    tries: int = 4
    patience: float = 120.0
