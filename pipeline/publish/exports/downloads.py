"""The files that travel with the report: CSV and a workbook, described as a data package."""

from __future__ import annotations

from pathlib import Path

from pipeline.publish.exports.datapackage import write_package
from pipeline.publish.exports.workbook import write_workbook
from pipeline.publish.material import Material


def write(material: Material, folder: Path) -> list[Path]:
    """Write the downloads into ``folder`` (``report/data``). Raises WorkspaceError when it cannot be written."""
    return [*write_package(material, folder), write_workbook(material, folder / "tillsyn.xlsx")]
