"""Where pages are found: sitemaps, feeds, pages, SiteVision's own lists."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire.discovery import feed_links, read_page, sitemap_links
from pipeline.acquire.discovery.feeds import FeedError
from pipeline.acquire.discovery.pages import is_next

HOST = "https://ort.example"


def _pieces(data: bytes, size: int = 7) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))


MAP = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- <url><loc>{HOST}/bortkommenterad</loc></url> -->
<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<s:url><s:loc> {HOST}/a?x=1&amp;y=2 </s:loc><s:lastmod>2024-05-01T10:00:00+02:00</s:lastmod>
<image:image><image:loc>{HOST}/bild.jpg</image:loc></image:image></s:url>
<s:url><s:lastmod>2023-01-01</s:lastmod><s:loc><![CDATA[{HOST}/b]]></s:loc></s:url>
<s:url><s:loc>/c</s:loc><s:lastmod>i våras</s:lastmod></s:url><s:url><s:loc>mailto:a@b.se</s:loc></s:url>
</s:urlset>""".encode()


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
@pytest.mark.parametrize("packed", [False, True])
def test_sitemap_in_pieces(size: int, packed: bool) -> None:
    """However the bytes arrive, gzipped or not: every address once, no images or remarks, lastmod if it is a date."""
    data = gzip.compress(MAP) if packed else MAP
    links = list(sitemap_links(_pieces(data, size), f"{HOST}/karta.xml"))
    assert [link.url for link in links] == [f"{HOST}/a?x=1&y=2", f"{HOST}/b", f"{HOST}/c"]
    assert links[0].lastmod == "2024-05-01T10:00:00+02:00"
    assert links[2].lastmod is None
    assert {link.role for link in links} == {"page"}


def test_sitemap_index_and_text() -> None:
    """The entries of an index are sitemaps; a sitemap may be a plain list of addresses."""
    index = f"<sitemapindex><sitemap><loc>{HOST}/1.xml.gz</loc><lastmod>2024</lastmod></sitemap></sitemapindex>"
    (link,) = sitemap_links(_pieces(index.encode()), f"{HOST}/i.xml")
    assert (link.url, link.role, link.lastmod) == (f"{HOST}/1.xml.gz", "sitemap", "2024")
    text = f"{HOST}/a\r\n\r\n{HOST}/b\n{HOST}/c".encode()
    assert [x.url for x in sitemap_links(_pieces(text, 9), f"{HOST}/k.txt")] == [f"{HOST}/a", f"{HOST}/b", f"{HOST}/c"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_sitemap_encodings(encoding: str) -> None:
    """Other encodings than the declared one, with letters outside ASCII in addresses."""
    data = f'<?xml version="1.0" encoding="UTF-8"?><urlset><url><loc>{HOST}/nämnd</loc></url></urlset>'.encode(encoding)
    assert [link.url for link in sitemap_links(_pieces(data, 50), HOST)] == [f"{HOST}/n%C3%A4mnd"]


def test_cut_sitemap_gives_what_came() -> None:
    """A sitemap that ends in the middle gives its entries; a damaged gzip file says so after them."""
    assert len(list(sitemap_links(_pieces(MAP[: MAP.index(b"/c<")]), HOST))) == 2
    dice = random.Random(1)
    long = b"".join(b"<url><loc>%s/%x</loc></url>" % (HOST.encode(), dice.getrandbits(64)) for _ in range(9000))
    packed = gzip.compress(b"<urlset>" + long)
    count = 0
    with pytest.raises(zlib.error):
        for _ in sitemap_links(_pieces(packed[: len(packed) // 2], 5000), HOST):
            count += 1
    assert count > 1000


@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_bytes_are_a_sitemap_of_something(data: bytes, size: int) -> None:
    """No content makes the reader fail otherwise than by a damaged gzip."""
    try:
        assert all(link.url for link in sitemap_links(_pieces(b"<urlset>" + data, size), HOST))
    except zlib.error:
        assert data.startswith(b"\x1f\x8b")


RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><link>{HOST}/</link>
<item><title>IVO kräver svar</title><link>{HOST}/a</link><guid isPermaLink="false">x1</guid>
<pubDate>Mon, 25 Nov 2019 10:00:00 +0100</pubDate><enclosure url="{HOST}/a.pdf" type="application/pdf"/></item>
<item><title>Utan länk</title><guid>{HOST}/b</guid></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="{HOST}/f"/><link rel="next" href="/f?p=2"/>
<entry><title>Ett</title><link href="/a"/><updated>2024-01-02T03:04:05Z</updated></entry></feed>"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<item rdf:about="{HOST}/a"><title>Ett</title><link>{HOST}/a</link></item></rdf:RDF>"""


def test_feeds_of_three_kinds() -> None:
    """RSS 2.0 with guid and enclosure, Atom with a next page, RSS 1.0: each item with its words and its time."""
    rss, odd = feed_links(RSS.encode(), HOST)
    assert [link.url for link in rss] == [f"{HOST}/a", f"{HOST}/a.pdf", f"{HOST}/b"]
    assert rss[0].lastmod == "2019-11-25T09:00:00+00:00" and "IVO kräver svar" in rss[0].text
    assert odd == ["1 of 3 items have no readable date"]
    atom, _ = feed_links(ATOM.encode(), f"{HOST}/f")
    assert [(link.url, link.role) for link in atom] == [(f"{HOST}/a", "page"), (f"{HOST}/f?p=2", "feed")]
    assert [link.url for link in feed_links(RDF.encode(), HOST)[0]] == [f"{HOST}/a"]


@given(st.binary(max_size=300))
def test_what_is_no_feed_is_said_to_be_none(data: bytes) -> None:
    """Arbitrary bytes are a feed or a FeedError, nothing else."""
    try:
        feed_links(data, HOST)
    except FeedError as error:
        assert "is no feed" in str(error)


PAGE = f"""<html><head><title> Nämnden  möter </title><base href="/namnd/">
<link rel="alternate" type="application/rss+xml" href="/nytt.rss"></head><body>
<a href="protokoll.html">Protokoll</a> <a href="/download/18.4a5b6c/1588/beslut.pdf">Beslut</a>
<a href="bild.jpg">Bild</a>
<a rel="nofollow" href="/gömd">Gömd</a> <a href="mailto:a@b.se">Skriv</a> <a href="#topp">Upp</a>
<a href="/4.1a2b3c/12.4d5e6f.portlet?state=rss&amp;sv.contenttype=text/xml;charset=UTF-8">Prenumerera</a>
<script>AppRegistry.registerInitialState('12.4d5e6f', {{"items":[
{{"title":"IVO","uri":"/nyheter/ivo.html","image":"/a.png"}},
{{"name":"Beslut","downloadUrl":"{HOST}/download/18.9f/2/b.pdf"}}]}});</script></body></html>"""


def test_links_of_a_page() -> None:
    """Base address, documents, feeds of SiteVision portlets and the lists that a page carries as JSON."""
    page = read_page(PAGE.encode(), f"{HOST}/start")
    found = {link.url.removeprefix(HOST): (link.role, link.rule) for link in page.links}
    assert page.title == "Nämnden möter"
    assert found == {
        "/namnd/protokoll.html": ("page", "link"), "/download/18.4a5b6c/1588/beslut.pdf": ("page", "document"),
        "/4.1a2b3c/12.4d5e6f.portlet?state=rss&sv.contenttype=text/xml;charset=UTF-8": ("feed", "page feed"),
        "/nytt.rss": ("feed", "page feed"), "/nyheter/ivo.html": ("page", "app registry"),
        "/download/18.9f/2/b.pdf": ("page", "app registry"),
    }  # fmt: skip


def _wordpress(title: str, href: str, names: str) -> bytes:
    feed = f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
    return f'<html><head>{feed}</head><body class="{names}"><a href="/a">a</a></body></html>'.encode()


@pytest.mark.parametrize(("title", "address", "href", "names", "expected"), [
    ("Ort &raquo; Flöde", "/", "/feed/", "home page", True),
    ("Ort &raquo; Flöde", "/inlagg/x/", "/feed/", "single", True),
    ("Ort &raquo; Kategori Nyheter", "/kategori/nyheter/", "/kategori/nyheter/feed/", "archive category", True),
    ("IVO kommenterar", "/kategori/ivo/", "/kategori/ivo/feed/", "archive", True),
    ("Ort &raquo; Kommentarer till x", "/inlagg/x", "/inlagg/x/feed/", "", False),
    ("Ort &raquo; Kommentarsflöde", "/", "/kommentarer/feed/", "home", False),
    ("Ort &raquo; x Comments Feed", "/inlagg/x/", "/inlagg/x/feed/", "", False),
    ("Comments on: x", "/inlagg/x/", "/inlagg/x/feed/", "", False),
    ("Ort", "/", "/comments/feed/", "home", False),
    ("Ort &raquo; x", "/inlagg/x/", "/inlagg/x/feed/", "post-template-default single", False),
    ("Ort &raquo; x", "/om/?a=1", "/om/feed/", "page page-id-2", False),
])  # fmt: skip
def test_feeds_of_comments_are_left(title: str, address: str, href: str, names: str, expected: bool) -> None:
    """A feed of news is found, the feed of a post's comments is not: by its title, or by standing below a post."""
    page = read_page(_wordpress(title, href, names), HOST + address)
    assert ((HOST + href, "feed") in {(link.url, link.role) for link in page.links}) is expected


def test_an_anchor_to_comments_is_no_feed() -> None:
    """A link in the text to a feed of comments is left, one to a feed of news is found."""
    anchors = b'<a href="/x/feed/">RSS f\xc3\xb6r kommentarer</a> <a href="/nytt/feed/">Prenumerera</a>'
    assert [link.url for link in read_page(anchors, HOST + "/x/").links] == [f"{HOST}/nytt/feed/"]


def test_page_that_asks_not_to_be_followed() -> None:
    """A robots meta element with nofollow is obeyed."""
    assert read_page(b'<meta name="robots" content="noindex, nofollow"><a href="/a">a</a>', HOST + "/").links == ()


@pytest.mark.parametrize(("href", "text", "rel", "expected"), [
    ("/nyheter?page=2", "2", "", True), ("/nyheter?sida=3", "Nästa", "", True),
    ("/nyheter/page/4", "Äldre inlägg", "", True),
    ("/x", "vad som helst", "next", True), ("/nyheter?id=2", "2", "", False),
    ("/nyhet?page=2", "IVO granskar", "", False),
])  # fmt: skip
def test_next_page(href: str, text: str, rel: str, expected: bool) -> None:
    """Paging is known by its address and its words together, or by rel=next."""
    assert is_next(HOST + href, f"{HOST}/nyheter", text, rel) is expected


@given(st.binary(max_size=500))
def test_any_bytes_are_a_page(data: bytes) -> None:
    """No content makes the page reader fail."""
    assert read_page(data, HOST + "/", listing=True).links is not None
