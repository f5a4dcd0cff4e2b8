"""The command speaks Swedish or English: every sentence it can say stands in the catalogue in both."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import CorpusError
from pipeline.wording import pairs, said

PIPELINE = Path(__file__).parents[1] / "pipeline"
ERRORS = {
    "TillsynError", "UsageError", "InputError", "CorpusError", "ModelError", "WorkspaceError", "FetchError",
}  # fmt: skip


def _template(node: ast.expr) -> str | None:
    """The text of a literal or f-string with holes {0}, {1} …; None where it is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts, hole = [], 0
        for value in node.values:
            if isinstance(value, ast.Constant):
                parts.append(str(value.value))
            else:
                parts.append(f"{{{hole}}}")
                hole += 1
        return "".join(parts)
    return None


def _noted_in(tree: ast.AST) -> Iterator[ast.expr]:
    """What is noted of an edited file by a Checker: it is said behind the names of file and key."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or len(node.args) != 2:
            continue
        if node.func.attr == "add" and getattr(node.func.value, "id", "") in ("check", "self"):
            yield node.args[1]


def _said_in(tree: ast.AST) -> Iterator[ast.expr]:
    """Every expression that a person may read: arguments of errors, of Problem, of say()."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if (name in ERRORS or name == "say") and node.args:
            yield node.args[0]
        elif name == "Problem":
            yield from node.args[2:3]
            yield from (k.value for k in node.keywords if k.arg == "what")


def sentences() -> list[str]:
    """The templates of all sentences in the code that have more than holes in them."""
    found: set[str] = set()
    for path in sorted(PIPELINE.rglob("*.py")):
        if "_data" in path.parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        noted = [f"{{0}}: {{1}}: {template}" for node in _noted_in(tree) if (template := _template(node))]
        for template in [*map(_template, _said_in(tree)), *noted]:
            if template and len(re.findall(r"[A-Za-zÅÄÖåäö]{2,}", re.sub(r"\{\d+\}", "", template))) >= 2:
                found.add(template)
    return sorted(found)


def helps(command: Any = None) -> list[str]:
    """Every help text of the command line: of verbs, arguments and options."""
    from pipeline.cli import commands

    command = command or commands()
    own = [getattr(part, "help", None) for part in (command, *command.params)]
    below = [text for verb in getattr(command, "commands", {}).values() for text in helps(verb)]
    return sorted({text for text in own + below if text and text != "Show this message and exit."})


def test_every_help_text_stands_in_the_catalogue() -> None:
    """'tillsyn --english … --help' explains every verb and option in English."""
    known = {swedish for _, swedish in pairs()}
    assert [text for text in helps() if text not in known] == []


def test_every_sentence_stands_in_the_catalogue() -> None:
    """Each error, problem and remark of the code has a pair in corpus/texts/messages.tsv."""
    known = {re.sub(r"\{\d+\}", "{}", text) for pair in pairs() for text in pair}
    missing = [s for s in sentences() if re.sub(r"\{\d+\}", "{}", s) not in known]
    assert not missing


@pytest.mark.parametrize(
    ("english", "swedish"),
    [
        ("/x/y: there is no such file or folder.", "/x/y: filen eller mappen finns inte."),
        (
            "There is no municipality 'Hedemorra'; did you mean Hedemora?",
            "Det finns ingen kommun 'Hedemorra'; menade du Hedemora?",
        ),
    ],
)
def test_a_sentence_is_said_in_either_language(english: str, swedish: str) -> None:
    """The same sentence comes out in Swedish and in English, whichever it was written in."""
    assert said(english, "sv") == swedish
    assert said(swedish, "sv") == swedish
    assert said(swedish, "en") == english


def test_values_that_are_sentences_are_translated_too() -> None:
    """A reason inside a sentence follows the language of the sentence."""
    inner = "a.toml: there is no such file or folder."
    assert "finns inte" in said(f"https://x.example/a: the archived capture cannot be read: {inner}", "sv")


def test_several_mistakes_are_said_one_a_line() -> None:
    """Two lines of one pattern are two sentences, not one with the second inside the first."""
    lines = [f"a.toml: source[{n}].strat: unknown key; did you mean 'start'?" for n in (1, 2)]
    assert said("\n".join(lines), "sv") == "\n".join(
        f"a.toml: source[{n}].strat: okänd nyckel; menade du 'start'?" for n in (1, 2)
    )


def test_what_has_no_pair_is_said_as_it_was_written() -> None:
    """An unknown sentence is not lost."""
    assert said("Something else entirely.", "sv") == "Something else entirely."


def test_a_broken_catalogue_line_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line whose two sides have other holes is reported with its number."""
    broken = tmp_path / "messages.tsv"
    broken.write_text("# comment\n{0}: is empty.\tär tom.\n", "utf-8")
    monkeypatch.setattr("pipeline.wording.data_path", lambda _: broken)
    pairs.cache_clear()
    with pytest.raises(CorpusError, match="line 2"):
        pairs()
    pairs.cache_clear()


if __name__ == "__main__":
    # What still lacks a translation, for whoever fills the catalogue.
    known = {re.sub(r"\{\d+\}", "{}", text) for pair in pairs() for text in pair}
    print("\n".join(text.replace("\n", "\\n") for text in helps() if text not in {swedish for _, swedish in pairs()}))
    print("\n".join(s.replace("\n", "\\n") for s in sentences() if re.sub(r"\{\d+\}", "{}", s) not in known))
