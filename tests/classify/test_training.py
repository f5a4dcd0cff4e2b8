"""Training: the same bytes every time, no pickle, clear words when the model or the annotations are not well."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pipeline.classify.annotations import in_context, read_annotations, read_labelled
from pipeline.classify.heads import best_threshold, platt
from pipeline.classify.splits import folds_of, groups_of, write_splits
from pipeline.classify.storage import component_folder, load_reader
from pipeline.classify.training import train
from pipeline.errors import CorpusError, InputError, ModelError


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Annotations small enough to train on in a second or two: every document of one genre that comes first."""
    folder = tmp_path_factory.mktemp("annotations")
    rows = [json.dumps(row) for row in _rows("kontrast")[:420]]
    (folder / "some.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def _rows(name: str) -> list[dict[str, object]]:
    from pipeline.resources import data_path

    lines = data_path(f"corpus/annotations/{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_same_annotations_give_the_same_bytes(few: Path, tmp_path: Path) -> None:
    """Two trainings write directories that agree in every byte of every file."""
    for name in ("one", "two"):
        train(tmp_path / name, few)
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(tmp_path / "two") for p in (tmp_path / "two").rglob("*") if p.is_file())
    assert all((tmp_path / "one" / f).read_bytes() == (tmp_path / "two" / f).read_bytes() for f in files)


def test_the_stored_weights_hold_no_pickle() -> None:
    """The arrays load with pickle forbidden, and no member of the archive is an object array."""
    file = component_folder() / "weights.npz"
    with np.load(file, allow_pickle=False) as stored:
        assert {stored[key].dtype.kind for key in stored.files} == {"f"}
    assert all(name.endswith(".npy") for name in zipfile.ZipFile(file).namelist())


def test_the_model_is_small() -> None:
    """The whole pipeline directory stays under 20 MB."""
    assert sum(p.stat().st_size for p in component_folder().parent.rglob("*") if p.is_file()) < 20_000_000


@pytest.mark.parametrize("missing", ["weights.npz", "reader.json", "features.txt"])
def test_a_missing_part_of_the_model_is_named(tmp_path: Path, missing: str) -> None:
    """A model without one of its files says so, and how to mend it."""
    folder = tmp_path / "model"
    shutil.copytree(component_folder(), folder)
    (folder / missing).unlink()
    with pytest.raises(ModelError, match="tillsyn train"):
        load_reader(folder)


def test_a_damaged_model_is_an_error(tmp_path: Path) -> None:
    """A truncated archive and a model of another format are ModelErrors."""
    folder = tmp_path / "model"
    shutil.copytree(component_folder(), folder)
    facts = json.loads((folder / "reader.json").read_text("utf-8"))
    (folder / "reader.json").write_text(json.dumps({**facts, "format": 0}), "utf-8")
    with pytest.raises(ModelError, match="another version"):
        load_reader(folder)
    (folder / "weights.npz").write_bytes(b"PK\x03\x04")
    with pytest.raises(ModelError, match="damaged"):
        load_reader(folder)


def test_municipalities_are_never_split() -> None:
    """Documents that share a municipality, also by way of a third, have one group and one fold."""
    groups = groups_of(["a", "b", "c", "d"], {"a": ["2083"], "b": ["2083", "0765"], "c": ["0765"]})
    assert groups["a"] == groups["b"] == groups["c"] != groups["d"]


def test_listed_documents_keep_their_fold(tmp_path: Path) -> None:
    """A new document goes where its municipality already is, and never moves a listed one."""
    file = tmp_path / "splits.json"
    write_splits({"a": 3}, file)
    folds = folds_of(["a", "new"], {"a": ["2083"], "new": ["2083"]}, file)
    assert folds == {"a": 3, "new": 3}
    write_splits({"a": 3, "b": 1}, file)
    with pytest.raises(CorpusError, match="another fold"):
        folds_of(["a", "b"], {"a": ["2083"], "b": ["2083"]}, file)


def test_the_corpus_is_split_as_listed() -> None:
    """Every annotated document stands in splits.json, and all five folds hold retold documents."""
    from pipeline.resources import data_path

    listed = json.loads(data_path("corpus/annotations/splits.json").read_text("utf-8"))["documents"]
    rows = read_annotations()
    assert {row.passage.document for row in rows} <= set(listed)
    assert all(listed[row.passage.document] == row.fold for row in rows)
    assert {row.fold for row in rows if row.source.startswith("retold")} == {0, 1, 2, 3, 4}


def test_context_comes_from_the_order_of_rows(tmp_path: Path) -> None:
    """A heading ends the section: nothing is 'previous' across it, and boilerplate is nobody's context."""
    rows = [
        {"file": "x", "i": 0, "sentence": "Granskning av hemtjänsten", "boilerplate": False, "labels": []},
        {"file": "x", "i": 1, "sentence": "Skriv ut", "boilerplate": True, "labels": []},
        {"file": "x", "i": 2, "sentence": "Det finns brister.", "boilerplate": False, "labels": []},
        {"file": "x", "i": 3, "sentence": "De är stora.", "boilerplate": False, "labels": []},
        {"file": "x", "i": 4, "sentence": "Åtgärder", "boilerplate": False, "labels": []},
        {"file": "x", "i": 5, "sentence": "Vi anställer.", "boilerplate": False, "labels": []},
        {"file": "y", "i": 0, "sentence": "Ett annat dokument.", "boilerplate": False, "labels": []},
    ]
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    passages = [row.passage for row in read_labelled(file)]
    assert [p.kind for p in passages if p.text in ("Granskning av hemtjänsten", "Åtgärder")] == ["title", "heading"]
    assert (passages[2].heading, passages[2].previous) == ("Granskning av hemtjänsten", None)
    assert passages[3].previous == "Det finns brister."
    assert (passages[5].heading, passages[5].previous) == ("Åtgärder", None)
    assert (passages[6].heading, passages[6].previous) == (None, None)
    assert list(in_context([])) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"doc": "a", "text": "x", "labels": [{"theme": "weather", "polarity": "ok"}]}', "weather/ok"),
        ('{"doc": "a", "labels": []}', "text"),
        ('{"doc": "a", "text": "x", "attribution": "me", "labels": []}', "attribution"),
        ("[1]", "object"),
        ("{", "JSON"),
    ],
)
def test_a_bad_annotation_is_named(tmp_path: Path, row: str, said: str) -> None:
    """A row that leaves the codebook or the form is named by file and line."""
    file = tmp_path / "bad.jsonl"
    file.write_text(f"{row}\n", "utf-8")
    with pytest.raises(InputError, match=rf"bad\.jsonl: line 1: .*{said}"):
        read_labelled(file)


def test_probabilities_are_calibrated() -> None:
    """Platt's sigmoid recovers the probabilities that a sample was drawn with."""
    random = np.random.default_rng(1)
    scores = random.normal(size=20_000)
    truth = random.random(20_000) < 1 / (1 + np.exp(-(2 * scores - 1)))
    slope, offset = platt(scores, truth)
    assert abs(slope - 2) < 0.1 and abs(offset + 1) < 0.1


def test_the_threshold_is_where_f1_is_best() -> None:
    """With probabilities that separate perfectly the threshold falls between the two sides."""
    probability = np.concatenate([np.linspace(0.6, 0.9, 200), np.linspace(0.01, 0.2, 800)])
    truth = np.arange(1000) < 200
    assert 0.2 < best_threshold(probability, truth) < 0.65
