"""The folder of one investigation: archive, tables, comparison, report. Open formats, written once."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import WorkspaceError

SAMPLE_SEGMENT = "tillsyn-sample.warc.gz"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Paths of a workspace; see ``open_workspace``."""

    folder: Path

    @property
    def archive(self) -> Path:
        """Folder of the WARC segments."""
        return self.folder / "archive"

    @property
    def templates(self) -> Path:
        """Folder of the site templates learnt, one JSON file per host."""
        return self.folder / "templates"

    @property
    def comparison(self) -> Path:
        """Folder of the comparison tables (Parquet and CSV)."""
        return self.folder / "comparison"

    @property
    def report(self) -> Path:
        """Folder of the static site."""
        return self.folder / "report"

    @property
    def log(self) -> Path:
        """The run log: one JSON object a line."""
        return self.folder / "run.log"

    def tables(self, version: str) -> Path:
        """Folder of the table parts made by this version."""
        return self.folder / "tables" / version

    def segments(self) -> list[Path]:
        """The WARC segments to analyse, by name: the user's own, or the embedded sample where there are none.

        The sample never mixes with real material: as soon as anything else is archived it is left out.
        """
        found = sorted(p for p in self.archive.glob("*.warc*") if p.name.endswith((".warc", ".warc.gz")))
        own = [path for path in found if path.name != SAMPLE_SEGMENT]
        return own or found

    @property
    def holds_sample(self) -> bool:
        """Whether what is analysed here is the embedded sample."""
        return [path.name for path in self.segments()] == [SAMPLE_SEGMENT]


def open_workspace(folder: Path, *, create: bool = True) -> Workspace:
    """The workspace in ``folder``, made when absent.

    Raises WorkspaceError when it cannot be made or written, or (``create=False``) is not there.
    """
    if not create and not folder.is_dir():
        raise WorkspaceError(f"{folder}: there is no workspace; make one with 'tillsyn run' or 'tillsyn crawl'.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, probe = tempfile.mkstemp(dir=folder, prefix=".probe")
        os.close(handle)
        Path(probe).unlink()
        (folder / "archive").mkdir(exist_ok=True)
    except OSError as error:
        raise WorkspaceError(f"{folder}: the workspace cannot be written ({error.strerror or error}).") from error
    return Workspace(folder)
