"""Splits by document and municipality: what is learnt from one municipality is never tested on the same one.

``corpus/annotations/splits.json`` fixes the fold of every annotated document; fold 0 is the validation part, the four
others the training part when variants are compared. A document that is not listed goes where the others of its group
are; a new group goes to the fold that a digest of its name gives, so that no new document ever moves an old one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipeline.errors import CorpusError

FOLDS = 5
VALIDATION = 0
_RULE = (
    "Documents that share a municipality, directly or through others, form a group; a group keeps the fold of its "
    "listed documents, else it gets sha256(first name of the group) mod 5. Fold 0 is validation."
)


def fold_of(name: str, folds: int = FOLDS) -> int:
    """A fold by a digest of ``name``."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % folds


def _root(parent: dict[str, str], name: str) -> str:
    while parent.setdefault(name, name) != name:
        name = parent[name]
    return name


def groups_of(documents: Iterable[str], municipalities: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Document -> its group: documents that share a municipality, directly or through others, share a group."""
    parent: dict[str, str] = {}
    names = sorted(set(documents))
    for name in names:
        for code in municipalities.get(name, ()):
            first, second = sorted((_root(parent, name), _root(parent, f"m{code}")))
            parent[second] = first
    return {name: _root(parent, name) for name in names}


def _fixed(file: Path) -> dict[str, int]:
    if not file.exists():
        return {}
    try:
        listed = json.loads(file.read_text("utf-8"))["documents"]
        return {str(name): int(fold) for name, fold in listed.items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise CorpusError(f"{file}: documents: must map document names to folds 0-{FOLDS - 1} ({error}).") from error


def folds_of(documents: Iterable[str], municipalities: Mapping[str, Sequence[str]], file: Path) -> dict[str, int]:
    """The fold of every document. ``municipalities``: codes by document; ``file``: the fixed splits, if it exists.

    Raises CorpusError where ``file`` is not readable, or lists documents of one group in different folds.
    """
    groups, fixed = groups_of(documents, municipalities), _fixed(file)
    known: dict[str, int] = {}
    for name, group in groups.items():
        if name in fixed and known.setdefault(group, fixed[name]) != fixed[name]:
            raise CorpusError(f"{file}: documents: '{name}' shares a municipality with documents of another fold.")
    return {name: known.get(group, fold_of(group)) for name, group in groups.items()}


def write_splits(folds: Mapping[str, int], file: Path) -> None:
    """Fix ``folds`` (document -> fold) in ``file``."""
    content = {"rule": _RULE, "folds": FOLDS, "validation": VALIDATION, "documents": dict(sorted(folds.items()))}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")
