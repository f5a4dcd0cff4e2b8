"""The embedded sample: what it holds, that it can be rebuilt, and that it says what it was used for."""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.archive import read_captures
from pipeline.records import Capture

SAMPLE = Path(__file__).parents[1] / "corpus" / "sample"


@pytest.fixture(scope="module")
def captures() -> list[Capture]:
    return list(read_captures(SAMPLE / "sample.warc.gz", every_status=True))


@pytest.fixture(scope="module")
def facts() -> dict[str, list[dict[str, Any]]]:
    return json.loads((SAMPLE / "documents.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def builder() -> Iterator[ModuleType]:
    """The build script with its neighbours, imported as it runs."""
    before = set(sys.modules)
    sys.path.insert(0, str(SAMPLE))
    try:
        yield importlib.import_module("build")
    finally:
        sys.path.remove(str(SAMPLE))
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "") or "").startswith(str(SAMPLE)):
                del sys.modules[name]


def test_it_is_small_and_stands_on_hosts_that_belong_to_no_one(captures: list[Capture]) -> None:
    """The archive is under 6 MB and every address is under .example."""
    assert (SAMPLE / "sample.warc.gz").stat().st_size < 6_000_000
    assert all(capture.url.split("/")[2].endswith(".example") for capture in captures)


def test_it_holds_every_retold_document(facts: dict[str, list[dict[str, Any]]]) -> None:
    """All 79 documents kept for measuring and all 443 annotated ones are in it, about more than 200 municipalities."""
    held = {row["document"]: row for rows in facts.values() for row in rows}
    assert Counter(row["split"] for row in held.values()) == {"gold": 79, "annotation": 443}
    assert len({code for row in held.values() for code in row["municipalities"]}) > 200


def test_rebuilding_gives_the_same_pages(builder: ModuleType, captures: list[Capture], tmp_path: Path) -> None:
    """The script gives the committed archive again: same addresses and times, and web pages byte for byte."""
    builder.write(tmp_path / "again.warc.gz", builder.entries())
    again = list(read_captures(tmp_path / "again.warc.gz", every_status=True))
    assert [(c.url, c.time, c.status) for c in again] == [(c.url, c.time, c.status) for c in captures]
    differing = [
        ours.url
        for ours, theirs in zip(again, captures, strict=True)
        if ours.media_type != "application/pdf" and ours.body != theirs.body
    ]
    assert differing == []


def test_every_page_names_the_public_page_it_retells(
    captures: list[Capture], facts: dict[str, list[dict[str, Any]]]
) -> None:
    """The address of the original stands in the page's metadata and in a line that the reader sees."""
    for capture in captures:
        for row in facts.get(capture.url, []):
            if capture.media_type == "text/html" and row["source"]:
                page = capture.body.decode("utf-8", "replace").replace("&amp;", "&").replace("&#39;", "'")
                assert page.count(row["source"]) >= 2, capture.url


def test_it_has_many_kinds_of_pages(captures: list[Capture], facts: dict[str, list[dict[str, Any]]]) -> None:
    """SiteVision, Optimizely, WordPress, newspapers, decisions as PDF, scans, and answers that are no content."""
    themes = Counter(row["theme"] for rows in facts.values() for row in rows)
    for theme in ("sitevision_old", "sitevision_new", "optimizely", "municipio", "wordpress_old", "press_plain", "pdf"):
        assert themes[theme] >= 25, theme
    assert themes["scan"] == 2
    assert {capture.status for capture in captures} == {200, 403, 404}


def test_gold_sentences_are_in_no_training_file(facts: dict[str, list[dict[str, Any]]]) -> None:
    """What is measured on is not trained on: no document of the gold split has an entry among the annotations."""
    annotated = {
        row["url"]
        for file in (SAMPLE.parent / "annotations").glob("retold_*_documents.json")
        for row in json.loads(file.read_text("utf-8"))
    }
    gold = {row["source"] for rows in facts.values() for row in rows if row["split"] == "gold"}
    assert gold and not gold & annotated


def test_contacts_are_invented(captures: list[Capture], builder: ModuleType) -> None:
    """Telephone numbers around the text come from a series kept free for fiction, mail goes to .example."""
    furniture = json.loads((SAMPLE / "furniture.json").read_text("utf-8"))
    assert "@" not in json.dumps(furniture)
    page = builder.pages.Page(builder.load()[0], builder.site_of(builder.load()[0]))
    assert page.contact["phone"].startswith("08-465 004 ") and page.contact["mail"].endswith(".example")


@pytest.mark.shared
def test_the_copy_of_gold_is_true(shared: Path) -> None:
    """The 79 documents copied for rebuilding are those of the shared folder, sentence by sentence."""
    ours = {row["doc"]: row for row in json.loads((SAMPLE / "retold_gold.json").read_text("utf-8"))}
    rows = [json.loads(line) for line in (shared / "gold" / "retold.jsonl").read_text("utf-8").splitlines()]
    assert [(row["doc"], row["sentence"]) for row in rows] == [
        (doc, sentence) for doc, entry in ours.items() for _, sentence, _ in entry["sentences"]
    ]
