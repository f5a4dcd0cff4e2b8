"""The formats of ``tillsyn export`` by name: what each writes, and where by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.publish.database import write_database
from pipeline.publish.exports import bibliography, dcat, kolada, refi_qda, webannotations
from pipeline.publish.exports.columnar import write_parquet
from pipeline.publish.exports.datapackage import write_package
from pipeline.publish.exports.delimited import write_tables
from pipeline.publish.exports.workbook import write_workbook
from pipeline.publish.material import Material


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the file or folder it makes (below ``exports/``) and what writes it; returns the files written."""

    name: str
    out: str
    write: Callable[[Material, Path], list[Path]]


def _dcat(material: Material, out: Path) -> list[Path]:
    files = [path for path in out.parent.rglob("*") if path.is_file() and path != out]
    return [dcat.write_catalogue(material, files, out)]


_ALL = (
    Format("csv", "csv", write_tables),
    Format("xlsx", "tillsyn.xlsx", lambda m, out: [write_workbook(m, out)]),
    Format("parquet", "parquet", write_parquet),
    Format("sqlite", "tillsyn.db", lambda m, out: [write_database(m, out)]),
    Format("datapackage", "datapackage", write_package),
    Format("kolada", "kolada", kolada.write_kolada),
    Format("refi-qda", "tillsyn.qdpx", lambda m, out: [refi_qda.write_project(m, out)]),
    Format("codebook", "tillsyn.qdc", lambda m, out: [refi_qda.write_codebook(out)]),
    Format("annotations", "annotations.jsonld", lambda m, out: [webannotations.write_annotations(m, out)]),
    Format("bibtex", "sources.bib", lambda m, out: [bibliography.write_bibtex(m, out)]),
    Format("csl", "sources.json", lambda m, out: [bibliography.write_csl(m, out)]),
    Format("dcat", "catalogue.jsonld", _dcat),
)
FORMATS = {made.name: made for made in _ALL}


def check(name: str) -> None:
    """Raise UsageError for a format that there is not."""
    if name != "all" and name not in FORMATS:
        raise UsageError(f"There is no format '{name}'; choose one of all, {', '.join(FORMATS)}.")


def export(material: Material, name: str, out: Path | None = None) -> list[Path]:
    """Write the format ``name`` ('all': every one) to ``out``, by default below ``exports/`` of the workspace.

    Raises UsageError for an unknown format and WorkspaceError when it cannot be written.
    """
    check(name)
    folder = material.workspace / "exports"
    if name == "all":
        return [path for made in _ALL for path in made.write(material, (out or folder) / made.out)]
    return FORMATS[name].write(material, out or folder / FORMATS[name].out)
