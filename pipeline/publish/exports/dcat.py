"""What the data is, for catalogues: DCAT in JSON-LD, with the properties that DCAT-AP-SE 2.0 asks for.

The mandatory ones (title, description and publisher of catalogue and dataset, accessURL of a distribution) and the
recommended ones that we know: theme, spatial and temporal coverage, language, licence, formats, sizes, checksums.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.publish.exports.jsonfile import write_json
from pipeline.publish.material import Material

_EU = "http://publications.europa.eu/resource/authority"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#", "xsd": "http://www.w3.org/2001/XMLSchema#", "prov": "http://www.w3.org/ns/prov#",
    "adms": "http://www.w3.org/ns/adms#", "schema": "http://schema.org/",
}  # fmt: skip
# File suffix -> media type (IANA) and file type (EU vocabulary).
FORMATS = {
    ".csv": ("text/csv", "CSV"), ".json": ("application/json", "JSON"), ".jsonld": ("application/ld+json", "JSON_LD"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
    ".parquet": ("application/vnd.apache.parquet", "PARQUET"), ".db": ("application/vnd.sqlite3", "SQLITE"),
    ".qdpx": ("application/zip", "ZIP"), ".qdc": ("application/xml", "XML"), ".bib": ("application/x-bibtex", "TXT"),
}  # fmt: skip


def _words(sv: str, en: str) -> list[dict[str, str]]:
    return [{"@language": "sv", "@value": sv}, {"@language": "en", "@value": en}]


def _link(address: str) -> dict[str, str]:
    return {"@id": address}


def _distribution(path: Path, folder: Path) -> dict[str, Any]:
    media, kind = FORMATS[path.suffix]
    name = path.relative_to(folder).as_posix()
    return {
        "@id": f"urn:tillsyn:distribution:{name}",
        "@type": "dcat:Distribution",
        "dcterms:title": _words(name, name),
        "dcat:accessURL": _link(name),
        "dcat:downloadURL": _link(name),
        "dcat:mediaType": _link(f"https://www.iana.org/assignments/media-types/{media}"),
        "dcterms:format": _link(f"{_EU}/file-type/{kind}"),
        "dcterms:license": _link("http://creativecommons.org/licenses/by/4.0/"),
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(path.stat().st_size)},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _link("http://spdx.org/rdf/terms#checksumAlgorithm_sha256"),
            "spdx:checksumValue": hashlib.sha256(path.read_bytes()).hexdigest(),
        },
    }


def _period(material: Material) -> dict[str, Any]:
    row = next(iter(material.rows(
        "SELECT min(substr(date, 1, 4)) AS first, max(substr(date, 1, 4)) AS last FROM documents "
        "WHERE date BETWEEN '1990' AND '2100'"
    )))  # fmt: skip
    ends = {"dcat:startDate": row["first"], "dcat:endDate": row["last"]}
    years = {key: {"@type": "xsd:gYear", "@value": year} for key, year in ends.items() if year}
    return {"@type": "dcterms:PeriodOfTime", **years}


def catalogue(material: Material, files: Iterable[Path], folder: Path) -> dict[str, Any]:
    """The description of the dataset whose ``files`` lie below ``folder``; addresses are relative to it."""
    publisher = {
        "@id": "urn:tillsyn:publisher",
        "@type": "foaf:Agent",
        "foaf:name": "Den som framställt datat med Tillsyn",
    }
    time = {"@type": "xsd:dateTime", "@value": f"{material.generated:%Y-%m-%dT%H:%M:%SZ}"}
    dataset = {
        "@id": "urn:tillsyn:dataset",
        "@type": "dcat:Dataset",
        "dcterms:title": _words(
            "Återkommande brister i kommunal verksamhet", "Recurring deficiencies in municipal services"
        ),
        "dcterms:description": _words(
            "Meningar ur offentliga dokument, märkta efter tema, innebörd och avsändare, med händelser och jämförelser "
            "mellan Sveriges kommuner.",
            "Sentences of public documents marked by theme, sense and voice, with events and comparisons between the "
            "municipalities of Sweden.",
        ),
        "dcterms:publisher": _link("urn:tillsyn:publisher"),
        "dcterms:identifier": f"tillsyn-{material.tables}",
        "dcterms:issued": time,
        "dcterms:modified": time,
        "dcterms:language": _link(f"{_EU}/language/SWE"),
        "dcterms:accessRights": _link(f"{_EU}/access-right/PUBLIC"),
        "dcat:theme": [_link(f"{_EU}/data-theme/{name}") for name in ("GOVE", "SOCI")],
        "dcat:keyword": _words("tillsyn", "inspection"),
        "dcterms:spatial": _link("http://sws.geonames.org/2661886/"),
        "dcterms:temporal": _period(material),
        "dcterms:accrualPeriodicity": _link(f"{_EU}/frequency/IRREG"),
        "dcat:distribution": [_distribution(path, folder) for path in sorted(files) if path.suffix in FORMATS],
    }  # fmt: skip
    about = {
        "@id": "urn:tillsyn:catalogue",
        "@type": "dcat:Catalog",
        "dcterms:title": _words("Tillsyn", "Tillsyn"),
        "dcterms:description": _words("Data framställt med Tillsyn.", "Data made with Tillsyn."),
        "dcterms:publisher": _link("urn:tillsyn:publisher"),
        "dcterms:license": _link("http://creativecommons.org/publicdomain/zero/1.0/"),
        "dcterms:language": _link(f"{_EU}/language/SWE"),
        "dcat:dataset": [_link("urn:tillsyn:dataset")],
    }
    return {"@context": CONTEXT, "@graph": [about, dataset, publisher]}


def write_catalogue(material: Material, files: Iterable[Path], out: Path) -> Path:
    """Describe ``files`` in ``out``, which lies beside or above them. Raises WorkspaceError when it cannot."""
    return write_json(out, catalogue(material, files, out.parent))
