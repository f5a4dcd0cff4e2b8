"""Tables and comparison in, the report, the database and the files beside it out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import WorkspaceError
from pipeline.publish import site
from pipeline.publish.database import write_database
from pipeline.publish.exports import downloads
from pipeline.publish.material import Material, open_material
from pipeline.publish.search.index import write_index
from pipeline.workflow.run import tables_root
from pipeline.workflow.settings import Settings
from pipeline.workflow.workspace import Workspace


def report_workspace(workspace: Workspace, settings: Settings, *, pseudonymise: bool = False) -> Path:
    """Write the static report with its downloads and search index, and ``tillsyn.db``; returns its index.html.

    ``pseudonymise`` replaces the names of persons who do not speak in office. Raises
    WorkspaceError when there is no comparison yet.
    """
    if not (workspace.comparison / "comparison.parquet").is_file():
        raise WorkspaceError(f"{workspace.folder}: nothing is compared here yet; run 'tillsyn compare' first.")
    generated = datetime.now(UTC)
    root = tables_root(workspace, settings)
    material = open_material(workspace.folder, root, generated=generated, pseudonymise=pseudonymise)
    write_database(material, workspace.folder / "tillsyn.db")
    downloads.write(material, workspace.report / "data")
    write_index(material, workspace.report / "data" / "search")
    return site.build(
        workspace.folder, root, language=settings.language, generated=generated, pseudonymise=pseudonymise
    )


def export_material(workspace: Workspace, settings: Settings, *, pseudonymise: bool = False) -> Material:
    """What exports are made from. Raises WorkspaceError when tables or comparison are missing."""
    root = tables_root(workspace, settings)
    return open_material(workspace.folder, root, generated=datetime.now(UTC), pseudonymise=pseudonymise)
