"""robots.txt as RFC 9309 has it: which group speaks to us, what it allows, and what a missing file means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from pipeline.acquire.limits import PRODUCT

_LINE_LIMIT = 2083 * 8
_TOKEN = re.compile(r"[A-Za-z_-]+")
_AGENT = re.compile(r"\s*user-?\s?agent\s*(?::|\s)\s*(?P<value>[^#]*)", re.I)
_BREAK = re.compile(r"\r\n|\r|\n")
_NO_RULES = frozenset({"user-agent", "sitemap", "crawl-delay", "host"})
_SELF, _OTHER = "zz-us", "zz-other"

LONGEST_DELAY = 3600.0
"""The longest Crawl-delay, in seconds, that is kept: with more a crawl would never come to an end."""
HOURS_24 = 24 * 3600.0
"""Longest time that a robots.txt is used without asking again (RFC 9309 section 2.4), in seconds."""


def _line(line: str, token: str) -> str:
    """A line for protego: user-agent values are compared here, as whole product tokens (RFC 9309 section 2.2.1)."""
    line = line[: _LINE_LIMIT - 1]
    match = _AGENT.match(line)
    if match is None:
        return line
    value = match.group("value").strip()
    if value == "*" or (value.startswith("*") and value[1:2].isspace()):
        return "user-agent: *"
    named = _TOKEN.match(value)
    return f"user-agent: {_SELF if named and named.group().lower() == token else _OTHER}"


def _free(line: str) -> bool:
    """Whether a line can forbid nothing: it is empty, a comment, no rule, or a rule without a path."""
    field, colon, value = line.partition("#")[0].partition(":")
    return not (field.strip() or colon) or (bool(colon) and (field.strip().lower() in _NO_RULES or not value.strip()))


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one robots.txt for one product token.

    ``sitemaps`` are as written, ``crawl_delay`` in seconds (None: not stated), an hour at most (``capped``: more was
    asked for). ``free``: nobody is forbidden anything.
    """

    rules: Protego
    sitemaps: tuple[str, ...]
    crawl_delay: float | None
    free: bool = False
    capped: bool = False

    @classmethod
    def parse(cls, text: str | bytes, product: str = PRODUCT) -> Robots:
        """Rules from the content of a robots.txt; bytes are read as UTF-8, what is not stays as it may."""
        if isinstance(text, bytes):
            text = text.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        named = _TOKEN.fullmatch(product.strip().partition("/")[0])
        token = named.group().lower() if named else ""
        content = "\n".join(_line(line, token) for line in _BREAK.split(text.removeprefix("\ufeff")))
        rules = Protego.parse(content)
        # protego breaks lines at more characters than RFC 9309 does, so that it may see rules that we would not.
        free = all(map(_free, content.splitlines()))
        delay = rules.crawl_delay(_SELF)
        delay = delay if delay is not None and delay >= 0 else None  # neither 'nan' nor less than nothing
        capped = delay is not None and delay > LONGEST_DELAY
        return cls(rules, tuple(rules.sitemaps), LONGEST_DELAY if capped else delay, free, capped)

    def allows(self, url: str) -> bool:
        """Whether the rules let us fetch ``url`` (robots.txt itself always: RFC 9309 section 2.2.2)."""
        if self.free or urlsplit(url).path == "/robots.txt":
            return True
        return bool(self.rules.can_fetch(url, _SELF))


ALLOW_ALL = Robots.parse("")
DENY_ALL = Robots.parse("user-agent: *\ndisallow: /\n")


def allowed(text: str | bytes, product: str, url: str) -> bool:
    """Whether a robots.txt of this content lets the crawler ``product`` fetch ``url``."""
    return Robots.parse(text, product).allows(url)


def rules_for(status: int, body: bytes) -> Robots:
    """What an answer to GET /robots.txt means (RFC 9309 section 2.3.1).

    2xx: the rules in it; 3xx (after five redirects) and 4xx: everything is allowed ('unavailable');
    5xx and no answer (status 0): everything is disallowed ('unreachable').
    """
    if 200 <= status < 300:
        return Robots.parse(body)
    return ALLOW_ALL if 300 <= status < 500 else DENY_ALL
