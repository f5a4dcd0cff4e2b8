"""Tables and comparison in, the report and the files beside it out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import WorkspaceError
from pipeline.publish import site
from pipeline.workflow.run import tables_root
from pipeline.workflow.settings import Settings
from pipeline.workflow.workspace import Workspace


def report_workspace(workspace: Workspace, settings: Settings) -> Path:
    """Write the static report; returns the path of its index.html.

    Raises WorkspaceError when there is no comparison yet.
    """
    if not (workspace.comparison / "comparison.parquet").is_file():
        raise WorkspaceError(f"{workspace.folder}: nothing is compared here yet; run 'tillsyn compare' first.")
    root = tables_root(workspace, settings)
    return site.build(workspace.folder, root, language=settings.language, generated=datetime.now(UTC))
