"""One spelling for every URL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire.urls import lane, normalise, origin

BASE = "https://www.ort.example/namnd/sida.html"


@pytest.mark.parametrize(("href", "expected"), [
    ("/a", "https://www.ort.example/a"), ("b.html", "https://www.ort.example/namnd/b.html"),
    ("../c", "https://www.ort.example/c"), ("//by.example/x", "https://by.example/x"),
    ("/a/../b", "https://www.ort.example/b"),
    ("HTTPS://WWW.Ort.Example:443/A#topp", "https://www.ort.example/A"),
    ("http://ort.example:80", "http://ort.example/"),
    ("http://ort.example:8080/a", "http://ort.example:8080/a"),
    ("http://ort.example:43123/a", "http://ort.example:43123/a"),
    ("https://ort.example:80/a", "https://ort.example:80/a"),
    ("https://åmål.example/å ä", "https://xn--ml-xiab.example/%C3%A5%20%C3%A4"),
    ("/a?b=1&utm_source=x&c=2", "https://www.ort.example/a?b=1&c=2"),
    ("/a;jsessionid=1F?x", "https://www.ort.example/a?x"),
    ("/100%", "https://www.ort.example/100%25"), ("  /a\n", "https://www.ort.example/a"),
    ("/%7Ea", "https://www.ort.example/%7Ea"),
    ("?sida=2", "https://www.ort.example/namnd/sida.html?sida=2"),
    ("https://x:y@ort.example/a", "https://ort.example/a"),
])  # fmt: skip
def test_spelling(href: str, expected: str) -> None:
    """Relative, foreign, tracked and badly written links come to one form."""
    assert normalise(href, BASE) == expected


@pytest.mark.parametrize("href", [
    "", "#topp", "mailto:a@b.se", "javascript:void(0)", "tel:112", "ftp://ort.example/", "http://",
    "http://[::1", "data:,x",
    "https://ort.example:99999/", "/a" * 1500, "/x/y/x/y/x/y/x/y", "httpx://ort.example/",
])  # fmt: skip
def test_what_is_no_page_is_left(href: str) -> None:
    """Anchors, other schemes, broken hosts and links that grow at every visit are no URLs of ours."""
    assert normalise(href, BASE) is None


@given(st.text(max_size=80), st.sampled_from(["", BASE, "http://127.0.0.1:8000/a"]))
def test_normalising_twice_changes_nothing(href: str, base: str) -> None:
    """The result is a fixed point, an ASCII URL with a host, and never raises."""
    once = normalise(href, base)
    if once is not None:
        assert normalise(once) == once
        assert once.isascii() and lane(once) and origin(once) + "/" == once[: len(origin(once)) + 1]
