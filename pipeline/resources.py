"""Where the data that travels with the package lies: beside the source tree, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import CorpusError

_PACKAGE = Path(__file__).resolve().parent


def data_path(relative: str) -> Path:
    """Path of a file or folder below ``corpus/`` or ``models/``.

    ``relative`` starts with ``corpus/`` or ``models/``. A wheel carries both inside the
    package (``pipeline/_data``); a checkout has them beside it.

    Raises CorpusError when it is in neither place.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        if (path := root / relative).exists():
            return path
    raise CorpusError(f"{relative} is missing: it belongs to the installation; install tillsyn again.")


def data_root() -> Path:
    """The folder that holds ``corpus/`` and ``models/`` (of the wheel or of the checkout)."""
    return data_path("corpus").parent
