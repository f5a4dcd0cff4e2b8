"""Lists that a SiteVision page carries as JSON: ``AppRegistry.registerInitialState('12.x', {...})``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pipeline.acquire.discovery.link import Link
from pipeline.acquire.urls import normalise

_STATE = re.compile(r"""AppRegistry\.registerInitialState\(\s*['"][^'"]*['"]\s*,\s*""")
_KEYS = ("uri", "url", "href", "link", "path", "pageurl", "downloadurl", "fileurl", "pdf", "loc")
_TITLES = ("title", "name", "heading", "displayname", "text", "label")
_SUFFIX = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|css|js|woff2?|json)(?:[?#]|$)", re.I)


def _pairs(node: Any) -> Iterator[tuple[str, str]]:
    """(address, words) of every object in a JSON value that has a key like 'url'."""
    if isinstance(node, dict):
        folded = {str(key).lower(): value for key, value in node.items()}
        words = next((folded[key] for key in _TITLES if isinstance(folded.get(key), str)), "")
        for key in _KEYS:
            if isinstance(value := folded.get(key), str) and value.startswith(("/", "http")):
                yield value, words
        for value in node.values():
            yield from _pairs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _pairs(value)


def registry_links(text: str, base: str) -> list[Link]:
    """The pages and files that the state of a SiteVision application lists; broken JSON lists none."""
    decoder, links = json.JSONDecoder(), []
    for match in _STATE.finditer(text):
        try:
            state, _ = decoder.raw_decode(text, match.end())
            pairs = list(_pairs(state))
        except (ValueError, RecursionError):
            continue
        for address, words in pairs:
            if not _SUFFIX.search(address) and (url := normalise(address, base)):
                links.append(Link(url, words[:200], rule="app registry"))
    return links
