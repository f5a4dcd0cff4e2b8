"""Blocks of a fragment: what each kind of markup becomes."""

from __future__ import annotations

import pytest

from pipeline.extract.blocks import read


def _pieces(html: str) -> list[tuple[str, str, int]]:
    return [(piece.kind, piece.text, piece.level) for piece in read(html).pieces]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h2>Rubrik</h2><p>Ett <b>starkt</b> ord.</p>", [("heading", "Rubrik", 2), ("paragraph", "Ett starkt ord.", 0)]),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", [("list_item", "a", 0), ("list_item", "b", 1), ("list_item", "c", 0)]),
        ("<table><tr><th>År</th><th>Antal</th></tr><tr><td>2019</td><td>12</td></tr></table>", [("table_row", "År | Antal", 0), ("table_row", "2019 | 12", 0)]),
        ("<blockquote><p>Vi tar det på allvar.</p></blockquote>", [("quote", "Vi tar det på allvar.", 0)]),
        ("<details><summary>Varför?</summary><p>Därför.</p></details>", [("question", "Varför?", 0), ("answer", "Därför.", 0)]),
        ("<dl><dt>Vad?</dt><dd>Det.</dd></dl>", [("question", "Vad?", 0), ("answer", "Det.", 0)]),
        ("<p>Första<br><br>andra</p>", [("paragraph", "Första", 0), ("paragraph", "andra", 0)]),
        ("<p>Namn<br>Gata 1</p>", [("paragraph", "Namn Gata 1", 0)]),
        ("<div>lös text<p>stycke</p>efter</div>", [("paragraph", "lös text", 0), ("paragraph", "stycke", 0), ("paragraph", "efter", 0)]),
        ("<p>ärende\u00ad hantering\u00a0nu</p>", [("paragraph", "ärende hantering nu", 0)]),
        ("<table role='presentation'><tr><td><p>Text</p></td><td><p>Mer</p></td></tr></table>", [("paragraph", "Text", 0), ("paragraph", "Mer", 0)]),
    ],
)  # fmt: skip
def test_markup_becomes_blocks(html: str, expected: list[tuple[str, str, int]]) -> None:
    """Each kind of markup becomes its kind of block, with level and clean text."""
    assert _pieces(html) == expected


def test_words_of_neighbouring_links_stay_apart() -> None:
    """Buttons and links without a space between them do not stick together, a word cut by markup stays whole."""
    assert _pieces("<p><a href=a>Lyssna</a><a href=b>Skriv ut</a></p>")[0][1] == "Lyssna Skriv ut"
    assert _pieces("<p><span>social</span><span>tjänsten</span></p>")[0][1] == "socialtjänsten"


def test_share_of_link_text_is_told() -> None:
    """A block knows how much of it is link text, so that menus can go."""
    fragment = read("<p><a href=x>bara länk</a></p><p>mest text och en <a href=y>länk</a></p>")
    assert fragment.links[0] == 1.0
    assert fragment.links[1] < 0.3
