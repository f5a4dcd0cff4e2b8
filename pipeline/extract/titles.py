"""The title of a page, without the name of its site."""

from __future__ import annotations

import re
import tomllib
from functools import cache

from pipeline.errors import CorpusError
from pipeline.extract.kinds import host_of
from pipeline.extract.normalise import line
from pipeline.resources import data_path

_WORD = re.compile(r"\w+")


@cache
def _rules() -> tuple[re.Pattern[str], re.Pattern[str]]:
    file = data_path("corpus/boilerplate/titles.toml")
    try:
        data = tomllib.loads(file.read_text("utf-8"))
        separators = "|".join(re.escape(separator) for separator in data["separators"])
        return re.compile(separators), re.compile("|".join(f"(?:{p})" for p in data["site"]), re.IGNORECASE)
    except (tomllib.TOMLDecodeError, OSError, KeyError, re.error) as error:
        raise CorpusError(f"{file}: cannot be used ({error}); mend the rule or restore the file.") from error


def _same(a: str, b: str) -> bool:
    return _WORD.findall(a.casefold()) == _WORD.findall(b.casefold())


def _host_words(url: str) -> str:
    labels = [label for label in host_of(url).split(".")[:-1] if label not in ("www", "m", "nyheter")]
    return labels[-1] if labels else ""


def _is_site(segment: str, site_name: str, url: str) -> bool:
    if site_name and _same(segment, site_name):
        return True
    plain = segment.casefold().translate(str.maketrans("åäöéü", "aaoeu")).replace(" ", "").replace("-", "")
    host = _host_words(url).replace("-", "")
    return bool(host and plain in (host, f"{host}kommun", f"{host}skommun")) or bool(_rules()[1].fullmatch(segment))


def without_site(title: str, site_name: str = "", url: str = "") -> str:
    """The title without segments at its ends that name the site ('… | Norrby kommun'); never empty for a title."""
    separators = _rules()[0]
    text = line(title)
    while found := list(separators.finditer(text)):
        head, tail = text[: found[-1].start()], text[found[-1].end() :]
        front, rest = text[: found[0].start()], text[found[0].end() :]
        if head.strip() and _is_site(tail.strip(), site_name, url):
            text = head.strip()
        elif rest.strip() and _is_site(front.strip(), site_name, url):
            text = rest.strip()
        else:
            break
    return text


def choose(headings: list[str], page_title: str, shared_title: str, site_name: str = "", url: str = "") -> str:
    """The title of a page from its first-level headings, its ``<title>`` and its ``og:title`` ('' where all are empty).

    A heading that names the site (a logo in an h1) is passed over. Of several the one that
    the page's own title repeats is taken, else the first.
    """
    own = [h for h in map(line, headings) if h and len(h) <= 300 and not _is_site(h, site_name, url)]
    named = [without_site(t, site_name, url) for t in (shared_title, page_title) if line(t)]
    for heading in own:
        if any(_same(heading, name) for name in named):
            return heading
    if own:
        return own[0]
    return next((name for name in named if name), "")
