"""Tables in, comparison out: reads the parts of one version and writes the comparison tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.compare import Selection, compare, write
from pipeline.errors import WorkspaceError
from pipeline.tables import connect
from pipeline.workflow.run import tables_root
from pipeline.workflow.settings import Settings
from pipeline.workflow.workspace import Workspace


def compare_workspace(
    workspace: Workspace, settings: Settings, municipalities: Sequence[str] = ()
) -> Mapping[str, Any]:
    """Compare what the tables hold and write it below ``workspace/comparison``; returns the tables by name.

    ``municipalities`` (codes) limits the comparison to them. Raises WorkspaceError when nothing is analysed yet.
    """
    root = tables_root(workspace, settings)
    if not (root / "documents").is_dir():
        raise WorkspaceError(
            f"{workspace.folder}: nothing is analysed here by this version; run 'tillsyn analyse' first."
        )
    with connect(root) as connection:
        tables = compare(connection, Selection(municipalities=tuple(municipalities)))
    write(tables, workspace.comparison)
    return tables
