"""A Frictionless data package: the CSV files with a description of every column (``datapackage.json``).

Data Package v1 (specs.frictionlessdata.io): tabular profile, one resource per file with size and SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.errors import WorkspaceError
from pipeline.publish.exports.delimited import write_tables
from pipeline.publish.exports.selection import meaning, names, table
from pipeline.publish.material import Material

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
_KEYS = {"documents": ["id"]}


def _type(kind: pa.DataType) -> str:
    """The type of Table Schema for an Arrow type; dates of varying precision, lists and structs are strings."""
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    return "number" if pa.types.is_floating(kind) else "string"


def _schema(material: Material, name: str, rows: pa.Table) -> dict[str, Any]:
    fields = [
        {"name": f.name, "type": _type(f.type), "description": meaning(material, name, f.name)} for f in rows.schema
    ]
    key = {"primaryKey": _KEYS[name]} if name in _KEYS else {}
    foreign = [{"fields": ["document"], "reference": {"resource": "documents", "fields": ["id"]}}]
    relation = {"foreignKeys": foreign} if name in ("findings", "events") else {}
    return {"fields": fields, "missingValues": [""], **key, **relation}


def _resource(material: Material, name: str, file: Path) -> dict[str, Any]:
    raw = file.read_bytes()
    return {
        "name": name.replace("_", "-"),
        "path": file.name,
        "profile": "tabular-data-resource",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(raw),
        "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}",
        "schema": _schema(material, name, table(material, name)),
    }


def describe(material: Material, folder: Path) -> Path:
    """Write ``datapackage.json`` beside CSV files that are already there.

    Raises WorkspaceError when it cannot be written.
    """
    package = {
        "profile": "tabular-data-package",
        "name": "tillsyn",
        "id": f"tillsyn-{material.tables}",
        "title": "Tillsyn: återkommande brister i kommunal verksamhet",
        "description": "Maskinellt märkta meningar, händelser och jämförelser ur offentliga dokument. "
        "E-postadresser, telefonnummer och personnummer är övertäckta.",
        "version": material.tables,
        "created": f"{material.generated:%Y-%m-%dT%H:%M:%SZ}",
        "keywords": ["tillsyn", "kommuner", "kvalitet", "socialtjänst", "skola"],
        "licenses": [LICENCE],
        "resources": [_resource(material, name, folder / f"{name}.csv") for name in names(material)],
    }
    try:
        (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise WorkspaceError(f"{folder}: cannot be written ({error.strerror or error}).") from error
    return folder / "datapackage.json"


def write_package(material: Material, folder: Path) -> list[Path]:
    """Write the CSV files and their description into ``folder``."""
    files = write_tables(material, folder)
    return [*files, describe(material, folder)]
