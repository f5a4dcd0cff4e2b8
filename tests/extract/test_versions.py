"""Identity, duplicates and versions of a page."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract import documents
from pipeline.extract.building import Piece, join
from pipeline.extract.duplicates import group
from pipeline.extract.history import versions
from pipeline.extract.identity import content_digest, document_id, fingerprint, similarity
from pipeline.extract.language import language
from pipeline.extract.normalise import characters, line
from pipeline.records import Capture, Document

WORDS = [
    "nämnden",
    "fick",
    "under",
    "våren",
    "kritik",
    "för",
    "att",
    "utredningar",
    "om",
    "barn",
    "och",
    "unga",
    "drog",
    "ut",
    "på",
    "tiden",
    "och",
    "för",
    "att",
    "rutiner",
    "saknades",
    "i",
    "verksamheten",
    "trots",
    "tidigare",
    "påpekanden",
    "från",
    "inspektionen",
]


def _document(capture: Callable[..., Capture], text: str, url: str = "https://a.example/1", day: int = 1) -> Document:
    return documents(capture(text.encode(), url=url, content_type="text/plain", day=day)).documents[0]


def test_id_is_made_of_raw_values() -> None:
    """The same address, bytes and part give the same id; any other gives another."""
    ids = {
        document_id("https://a.example", "ab", None),
        document_id("https://a.example", "ab", 1),
        document_id("https://b.example", "ab", None),
    }
    assert len(ids) == 3
    assert all(len(i) == 16 for i in ids)


def test_near_duplicates_are_one_group(capture: Callable[..., Capture]) -> None:
    """The same text under two addresses, and a copy with a word changed, share a group; another text does not."""
    base = " ".join(f"{word}{n}" for n in range(5) for word in WORDS)
    texts = [base, base.upper(), base.replace("trots2", "utan"), " ".join(reversed(base.split()))]
    found = [_document(capture, text, f"https://a.example/{i}") for i, text in enumerate(texts)]
    groups = group(found)
    assert [groups[d.id] for d in found] == [found[0].id, found[0].id, found[0].id, found[3].id]


def test_versions_tell_what_was_changed(capture: Callable[..., Capture]) -> None:
    """Equal captures are one version; a reworded, a removed and an added paragraph are told apart."""
    old = "Rubriken\n\nNämnden fick kritik för bristande rutiner i handläggningen.\n\nIngen chef fanns på plats."
    new = "Rubriken\n\nNämnden fick viss kritik för rutiner i handläggningen.\n\nArbetet med åtgärder har börjat under hösten."
    found = versions([_document(capture, text, day=day) for day, text in ((3, new), (1, old), (2, old))])
    assert [version.captures for version in found] == [2, 1]
    assert {change.kind for change in found[1].changes} == {"changed", "removed", "added"}


def test_history_of_a_page_on_the_command_line(tmp_path: Path, command: Callable[..., object]) -> None:
    """Both verbs read a file, say what they found, and end with an error for an address that is not archived."""
    page = tmp_path / "sida.html"
    page.write_text(
        "<html lang=sv><body><main><h1>Kritik</h1><p>Nämnden får kritik för brister i handläggningen av ärenden.</p><p>Skriv ut</p></main></body></html>",
        "utf-8",
    )
    why = command("extract", "--why", page)
    assert why.returncode == 0, why.stderr  # type: ignore[attr-defined]
    assert "- Skriv ut\n    menu: " in why.stdout  # type: ignore[attr-defined]
    assert "Kritik" in command("history", page).stdout  # type: ignore[attr-defined]
    missing = command("history", "https://nowhere.example/", "--workspace", tmp_path)
    assert missing.returncode == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Det här är en text som handlar om hur kommunen arbetar med att bli bättre.", "sv"), ("This is a text about how the municipality works to be better.", "en"),
        ("Dette er en tekst som handler om hvordan kommunen ikke blir bedre, og det er ikke bra.", "no"), ("Tämä on teksti, joka kertoo siitä kuinka kunta ja sen työ on.", "fi"),
        ("Это текст о том, как работает муниципалитет", "ru"), ("هذا نص باللغة العربية", "ar"), ("Kritik", "sv"), ("", "sv"),
    ],
)  # fmt: skip
def test_language(text: str, expected: str) -> None:
    """Swedish is told from its neighbours and from other scripts; a text that says too little counts as Swedish."""
    assert language(text) == expected or (expected == "no" and language(text) == "da")


pieces = st.lists(
    st.builds(
        Piece,
        st.sampled_from(["title", "heading", "paragraph", "list_item", "table_row", "quote"]),
        st.text(max_size=40),
    ),
    max_size=12,
)


@given(pieces)
def test_blocks_lie_exactly_in_the_text(found: list[Piece]) -> None:
    """Each block is one clean line of the text, in order, without gaps but line breaks."""
    text, blocks = join(found)
    assert [text[b.start : b.end] for b in blocks] == [line(p.text) for p in found if line(p.text)]
    assert all("\n" not in text[b.start : b.end] for b in blocks)
    rest = "".join(text[a.end : b.start] for a, b in pairwise(blocks))
    assert set(rest) <= {"\n"}


@given(st.text())
def test_normal_form_is_stable(text: str) -> None:
    """Cleaning twice is cleaning once, and nothing invisible is left."""
    clean = line(text)
    assert line(clean) == clean
    assert characters(clean) == clean
    assert not set(clean) & set("\u00ad\u00a0\u0002\u200b\ufeff\n")


@given(st.lists(st.sampled_from(WORDS), min_size=8, max_size=60))
def test_digest_and_fingerprint_ignore_layout(found: list[str]) -> None:
    """Case, punctuation and line breaks change neither digest nor fingerprint."""
    flat, laid = " ".join(found), "\n".join(word.upper() + "." for word in found)
    assert content_digest(flat) == content_digest(laid)
    assert similarity(fingerprint(flat), fingerprint(laid)) == 1.0
