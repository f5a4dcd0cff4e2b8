"""One spelling for every URL, so that a page is fetched once under one name."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}
_LONGEST = 2000
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?[]|"
_TRACKING = re.compile(r"(?:^|&)(?:utm_[a-z]+|fbclid|gclid|mc_[ce]id|_ga|phpsessid|jsessionid|sessionid)=[^&]*", re.I)
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.I)
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN = r"(?:[A-Za-z0-9/_.~:@!$&'()*+,=-]|%[0-9A-Fa-f]{2})*"
_NORMAL = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?!80\b|443\b)[1-9][0-9]{0,3})?/" + _PLAIN)
_NORMAL_PORT = re.compile(r"https?://[a-z0-9.-]*[a-z0-9]:[1-6][0-9]{4}/" + _PLAIN)
_NORMAL_PATH = re.compile("/(?!/)" + _PLAIN)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def _host(name: str) -> str | None:
    """A host name in lower case and ASCII (IDNA), None when it cannot be one."""
    name = name.lower().rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name or None


def _netloc(scheme: str, netloc: str) -> str | None:
    host, port = netloc.rpartition("@")[2], ""
    if host.startswith("["):
        host, _, port = host.partition("]")
        name: str | None = f"{host}]".lower()
        port = port.removeprefix(":")
    else:
        host, _, port = host.partition(":")
        name = _host(host)
    if not name or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        return None
    return name if not port or int(port) == _PORTS[scheme] else f"{name}:{int(port)}"


def _trap(path: str) -> bool:
    """Whether a path repeats one segment four times or more: a link that grows at every visit."""
    if path.count("/") < 5:
        return False
    parts = [part for part in path.split("/") if part]
    return len(parts) > 5 and max(parts.count(part) for part in set(parts)) > 3


def normalise(href: str, base: str = "") -> str | None:
    """The absolute http(s) URL that ``href`` means on the page ``base``; None when it is no such thing.

    Lower-case host in ASCII, no default port, user name, fragment, tracking or session
    parameter; characters outside ASCII percent-encoded as UTF-8 (RFC 3986, RFC 3987 section 3.1).
    """
    whole = f"{origin(base)}{href}" if base and _NORMAL_PATH.fullmatch(href) else href
    if "/." not in whole and len(whole) < _LONGEST and (_NORMAL.fullmatch(whole) or _NORMAL_PORT.fullmatch(whole)):
        return None if _trap(whole.split("/", 3)[3]) else whole
    href = _CONTROL.sub(lambda m: "%20" if " " in m.group() else "", href.strip())
    if not href or len(href) > _LONGEST:
        return None
    if href[0] == "#" or (_SCHEME.match(href) and not href[:5].lower().startswith("http")):
        return None
    try:
        parts = urlsplit(urljoin(base, href) if base else href)
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        return None
    netloc = _netloc(scheme, parts.netloc)
    if netloc is None or _trap(parts.path):
        return None
    try:
        path = quote(_STRAY_PERCENT.sub("%25", _SESSION.sub("", parts.path)), safe=_PATH_SAFE) or "/"
        query = quote(_STRAY_PERCENT.sub("%25", _TRACKING.sub("", parts.query).lstrip("&")), safe=_QUERY_SAFE)
    except UnicodeError:  # half a surrogate pair, which JSON can write
        return None
    return urlunsplit((scheme, netloc, path, query, ""))


def lane(url: str) -> str:
    """The host (with a port that is not the scheme's own) of a normalised URL: what shares one connection and delay."""
    return url.split("/", 3)[2]


def origin(url: str) -> str:
    """Scheme, host and port of a normalised URL: what one robots.txt governs (RFC 9309 section 2.3)."""
    return "/".join(url.split("/", 3)[:3])


def same_site(host: str, others: frozenset[str]) -> bool:
    """Whether ``host`` is one of ``others``, with or without a leading 'www.'."""
    return host in others or host.removeprefix("www.") in others or f"www.{host}" in others
