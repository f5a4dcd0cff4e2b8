"""The focus of a crawl: words by hand and learnt words, as data with a schema."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.acquire.focus import fold, load_focus
from pipeline.errors import CorpusError
from pipeline.geography import municipalities
from pipeline.resources import data_path

RIGHT = (
    'depth = 3\nbudget = 10\n[weights]\n"tillsyn" = 4\n"lunch" = 0\n'
    '[learnt]\n"tillsyn" = -2.5\n"lunch" = 3\n"svar" = 1.5\n'
)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that learns the words, as a module."""
    path = data_path("corpus/sources/learn_focus.py")
    spec = importlib.util.spec_from_file_location("learn_focus", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def learnt(script: ModuleType) -> dict[str, float]:
    """What the script learns today."""
    found: dict[str, float] = script.learn(
        [example for example in script.examples() if example.fold != script.HELD_OUT], script.banned()
    )
    return found


def test_committed_words_are_what_the_script_makes(script: ModuleType, learnt: dict[str, float]) -> None:
    """The learnt section of focus.toml equals, byte for byte, what the script makes of the annotations."""
    text = data_path("corpus/sources/focus.toml").read_text("utf-8")
    assert script.made(text, learnt) == text


def test_learnt_words_rank_unseen_documents(script: ModuleType, learnt: dict[str, float]) -> None:
    """On documents never learnt from, learnt words rank better than chance, and improve on the words by hand."""
    tested = [example for example in script.examples() if example.fold == script.HELD_OUT]
    hand = tomllib.loads(data_path("corpus/sources/focus.toml").read_text("utf-8"))["weights"]
    truth = [example.positive for example in tested]
    by_hand, alone, both = (
        script.roc_auc_score(truth, script.scores(weights, tested)) for weights in (hand, learnt, {**learnt, **hand})
    )
    assert alone > 0.65
    assert both > by_hand


def test_learnt_words_are_few_folded_and_no_names() -> None:
    """At most 150 learnt words, each of ASCII letters in lower case, none the name of a municipality."""
    words = tomllib.loads(data_path("corpus/sources/focus.toml").read_text("utf-8"))["learnt"]
    named = {fold(place.name) for place in municipalities()}
    assert 100 <= len(words) <= 150
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words)
    assert not named & (set(words) | {word.removesuffix("s") for word in words})


def test_supervision_outranks_a_party() -> None:
    """A title about supervision has a higher score than one about a summer party, also by learnt words alone."""
    focus = load_focus()
    about = focus.score("https://a.example/nyheter/1", "Svar på kritik efter tillsyn av hemtjänsten")
    assert about > 0
    assert about > focus.score("https://a.example/nyheter/2", "Välkommen på sommarfest i parken")
    words = tomllib.loads(data_path("corpus/sources/focus.toml").read_text("utf-8"))["learnt"]
    assert sum(weight for word, weight in words.items() if word in "svar pa kritik efter tillsyn") > 0


def test_hand_written_weight_wins(tmp_path: Path) -> None:
    """A word in both lists takes the weight written by hand, also 0; a learnt word alone counts as learnt."""
    file = tmp_path / "focus.toml"
    file.write_text(RIGHT, "utf-8")
    assert load_focus(file).weights == {"tillsyn": 4.0, "svar": 1.5}
    assert load_focus().weights["kallelse"] == 2


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"svar" = 1.5', '"Svår" = 1.5', "learnt: ['Svår'] must be lower-case"),
        ('"tillsyn" = 4', '"tillsyn" = "4"', "weights: ['tillsyn'] must be lower-case"),
        ('[weights]\n"tillsyn" = 4\n"lunch" = 0\n', "", "weights: must be a table"),
        ('[learnt]\n"tillsyn" = -2.5\n"lunch" = 3\n"svar" = 1.5\n', "", ""),
        ("depth = 3", "depth = -1\nlearnt = 3", "is not readable as TOML"),
        ("depth = 3", "depth = -1", "depth: must be a whole number from 0 up"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    """Each mistake is named by file, key and what mends it; a file without learnt words is right."""
    file = tmp_path / "focus.toml"
    file.write_text(RIGHT.replace(old, new), "utf-8")
    if not named:
        assert load_focus(file).weights == {"tillsyn": 4.0}
        return
    with pytest.raises(CorpusError) as error:
        load_focus(file)
    assert str(file) in str(error.value)
    assert named in str(error.value)
