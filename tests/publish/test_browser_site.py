"""The site in Chromium: no errors, filters, deep links, language, keyboard, downloads, and WCAG by axe."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
VIEWS = (
    "index.html", "index.html?innebord=remedy&kalla=press", "index.html?grupp=skr", "teman.html",
    "tema/leadership.html", "tema/leadership.html?grupp=A1#kommuner", "kommuner.html", "kommun/0180.html",
    "kommun/0180.html?innebord=problem", "kommun/2506.html", "jamfor.html?kommuner=0180,1480", "metod.html",
    "ladda-ner.html", "sok.html", "en/index.html", "en/kommun/0180.html", "en/jamfor.html?kommuner=0180,1480",
)  # fmt: skip
NARROW = ("index.html", "kommun/0180.html", "tema/leadership.html")


def _failed(request: Any) -> list[str]:
    """A request that failed. One that the browser itself gave up, the icon of a page that is left, has not."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.url}: {request.failure}"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by playwright."""
    with sync_api.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path="/usr/bin/chromium", args=list(OPTIONS))
        yield made
        made.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A fresh tab that notes every console error, page error and failed request in ``tab.faults``."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.faults = []
    page.on("console", lambda m: page.faults.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("requestfailed", lambda request: page.faults.extend(_failed(request)))
    page.on("dialog", lambda dialog: page.faults.append(f"dialog: {dialog.message}"))
    yield page
    context.close()


def _open(tab: Any, report: Path, view: str) -> None:
    tab.goto(f"{report.as_uri()}/{view}")
    _ready(tab)


def _ready(tab: Any) -> None:
    """Wait until the page's scripts have run (no evaluated function: the pages' policy forbids it)."""
    tab.wait_for_selector("html[data-ready]", state="attached")


def _document(report: Path) -> str:
    return f"document/{sorted(p.name for p in (report / 'document').glob('*.html'))[0]}"


def test_every_view_opens_from_a_folder_without_errors(tab: Any, small_site: Path) -> None:
    """Every view opens from a file:// address: no console message, no failed request, nothing asked of the network."""
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for view in (*VIEWS, _document(small_site), _document(small_site) + "?lang=en"):
        _open(tab, small_site, view)
        assert not tab.faults, (view, tab.faults)
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)


def test_every_view_opens_from_a_web_server(tab: Any, small_site: Path) -> None:
    """The same pages under http:// obey their policy too."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(small_site))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for view in (*VIEWS[:6], _document(small_site)):
            tab.goto(f"http://127.0.0.1:{server.server_address[1]}/{view}")
            _ready(tab)
            assert not tab.faults, (view, tab.faults)
    finally:
        server.shutdown()
        server.server_close()


def test_axe_finds_no_violation(tab: Any, small_site: Path) -> None:
    """axe-core, with the rules of WCAG 2.0 to 2.2 A and AA, finds nothing on any view, wide or narrow."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = {}
    for width in (1280, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        for view in (*VIEWS, _document(small_site)):
            if width == 390 and view not in NARROW:
                continue
            _open(tab, small_site, view)
            violations = axe.run(tab, options=rules).response["violations"]
            if violations:
                found[view, width] = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in violations]
    assert not found, found


def test_no_page_scrolls_sideways_on_a_telephone(tab: Any, small_site: Path) -> None:
    """At 390 pixels only tables and charts scroll, inside their own frames."""
    tab.set_viewport_size({"width": 390, "height": 844})
    for view in (*VIEWS, _document(small_site)):
        _open(tab, small_site, view)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390, view


def test_from_a_cell_to_the_archived_copy(tab: Any, small_site: Path) -> None:
    """Heat-map cell, then sentence, then the document with that sentence marked and its archived copy named."""
    _open(tab, small_site, "index.html")
    tab.locator("#heat td.k4 a, #heat td.k3 a").first.click()
    assert "#tema-" in tab.url
    section = tab.locator(f"#{tab.url.split('#')[1]}")
    assert section.locator(".quote:visible").count() > 0
    quote = section.locator(".quote:visible .to").first
    said = quote.inner_text()
    quote.click()
    anchor = tab.url.split("#")[1]
    marked = tab.evaluate(f"document.getElementById('{anchor}').nextElementSibling.textContent")
    assert marked == said
    archive = tab.locator("#arkiv").inner_text()
    assert "SHA-256" in archive
    assert "synthetic.warc.gz" in archive
    assert not tab.faults


def test_filters_show_what_the_comparison_says(tab: Any, small_site: Path) -> None:
    """Choosing a sense recounts the heat map to the comparison's own numbers, and the address keeps the choice."""
    _open(tab, small_site, "index.html")
    tab.select_option("#f-innebord", "remedy")
    tab.select_option("#f-visa", "antal")
    tab.wait_for_url("**innebord=remedy**")
    sync_api.expect(tab.locator("#heat-say")).to_contain_text("290")
    rows = duckdb.sql(
        f"SELECT municipality, theme, documents_with FROM '{small_site.parent}/comparison/comparison.parquet' WHERE "
        "period = 'all' AND polarity = 'remedy' AND source_kind = 'all' AND attribution = 'all' AND documents > 0 "
        "AND theme = 'leadership' AND municipality <> ''"
    ).fetchall()
    assert rows
    for code, _, n in rows:
        assert tab.locator(f'#heat tr[data-code="{code}"] td').first.inner_text() == str(n), code


def test_a_deep_link_brings_the_view_back(tab: Any, small_site: Path) -> None:
    """The address alone restores filters, grouping and map; 'Återställ' clears them from page and address."""
    _open(tab, small_site, "index.html?period=2019&kalla=press&grupp=lan&karta=leadership&visa=antal")
    tab.wait_for_selector("#heat tr.group")
    assert tab.input_value("#f-period") == "2019"
    assert tab.input_value("#f-kalla") == "press"
    assert tab.input_value("#map-show") == "leadership"
    assert tab.locator("#heat tr.group").count() == 21
    tab.click("#heat-filters button[type=reset]")
    tab.wait_for_selector("#heat tr.group", state="detached")
    assert "period" not in tab.url


def test_the_language_switch_keeps_the_view(tab: Any, small_site: Path) -> None:
    """The switch leads to the same page with the same filters in the other language."""
    _open(tab, small_site, "kommun/0180.html?innebord=problem")
    tab.click("[data-language-link]")
    tab.wait_for_url("**/en/kommun/0180.html?innebord=problem")
    _ready(tab)
    assert tab.locator("html").get_attribute("lang") == "en"
    assert tab.input_value("#q-innebord") == "problem"


def test_a_document_page_speaks_both_languages(tab: Any, small_site: Path) -> None:
    """A document's page switches its labels, keeps the choice in its address and leads back into that language."""
    _open(tab, small_site, _document(small_site))
    assert "Arkivkopian" in tab.locator("main").inner_text()
    tab.click("[data-language-switch]")
    assert "The archived copy" in tab.locator("main").inner_text()
    assert "lang=en" in tab.url
    tab.click(".brand")
    tab.wait_for_url("**/en/index.html")
    assert tab.locator("html").get_attribute("lang") == "en"


def test_the_heat_map_is_walked_by_keyboard(tab: Any, small_site: Path) -> None:
    """Tab enters the table once; arrows move from cell to cell; Enter opens the sentences."""
    _open(tab, small_site, "index.html")
    assert tab.locator('#heat tbody a[tabindex="0"]').count() == 1
    tab.locator('#heat tbody a[tabindex="0"]').focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        tab.keyboard.press(key)
    place = tab.evaluate(
        "[document.activeElement.closest('tr').rowIndex, document.activeElement.closest('td').cellIndex]"
    )
    assert place == [2, 1]
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/kommun/*.html#tema-*")


def test_the_first_stop_of_tab_skips_the_menu(tab: Any, small_site: Path) -> None:
    """The first press of Tab offers a way past the menu, and taking it moves the focus to the content."""
    _open(tab, small_site, "index.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "innehall"


def test_charts_are_saved_as_svg_and_png(tab: Any, small_site: Path, tmp_path: Path) -> None:
    """The buttons under a chart save it with heading and source line; the PNG is a picture of twice its size."""
    from PIL import Image

    _open(tab, small_site, "index.html")
    box = tab.locator("#vanligast .chart")
    with tab.expect_download() as download:
        box.locator('[data-save="svg"]').click()
    download.value.save_as(tmp_path / "a.svg")
    drawing = (tmp_path / "a.svg").read_text("utf-8")
    assert "Källa: Tillsyn" in drawing
    assert "<a " not in drawing
    with tab.expect_download() as download:
        box.locator('[data-save="png"]').click()
    download.value.save_as(tmp_path / "a.png")
    assert Image.open(tmp_path / "a.png").width == 2 * (1000 + 24)
    assert not tab.faults


def test_jumping_and_comparing(tab: Any, small_site: Path) -> None:
    """The field in the head leads to a municipality by name; the compare view adds, draws and removes one."""
    _open(tab, small_site, "index.html")
    tab.fill("#jump-field", "göteborg")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/kommun/1480.html")
    tab.click(".actions a")
    tab.wait_for_url("**/jamfor.html?kommuner=1480")
    _ready(tab)
    tab.fill("#compare-field", "Stockholm")
    tab.keyboard.press("Enter")
    assert tab.url.endswith("kommuner=1480%2C0180")
    assert tab.locator("#compare-chart circle").count() == 26
    tab.click("#chosen button >> nth=0")
    assert tab.url.endswith("kommuner=0180")
    assert not tab.faults


def test_hostile_text_does_nothing_in_the_browser(tab: Any, hostile_site: Path) -> None:
    """Script tags, event handlers and javascript: addresses in the documents open no dialog and break no policy."""
    views = ("index.html", "tema/leadership.html", "kommun/0180.html", "jamfor.html?kommuner=0180")
    for view in (*views, _document(hostile_site)):
        _open(tab, hostile_site, view)
        assert not tab.faults, view
        assert tab.evaluate("[...document.links].every(a => ['http:', 'https:', 'file:'].includes(a.protocol))"), view
