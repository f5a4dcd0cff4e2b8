"""Findings as W3C Web Annotations (www.w3.org/TR/annotation-model): an annotation page in JSON-LD.

A target is the web page with two selectors: the quote with 32 characters on each side, and its position in the
extracted text (code points; ``state`` names the archived bytes by SHA-256).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.codebook import load_codebook
from pipeline.errors import WorkspaceError
from pipeline.publish.exports.refi_qda import guid
from pipeline.publish.material import Material, Row

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
AROUND = 32
_FINDINGS = f"""
SELECT f.document, f.start, f."end", f.quote, f.theme, f.polarity, f.attribution, f.score, f.model,
substr(d.text, greatest(f.start - {AROUND}, 0) + 1, least(f.start, {AROUND})) AS before,
substr(d.text, f."end" + 1, {AROUND}) AS after, d.url, d.derived_from, d.captured, d.sha256
FROM findings f JOIN documents d ON d.id = f.document ORDER BY f.document, f.start, f.theme, f.polarity
"""


def annotation(row: Row, generated: str) -> dict[str, Any]:
    """One finding as an annotation."""
    labels = {theme.id: theme.label_sv for theme in load_codebook().themes}
    label = {"value": labels.get(row["theme"], row["theme"]), "language": "sv"}
    name = guid("annotation", row["document"], row["start"], row["end"], row["theme"], row["polarity"])
    return {
        "id": f"urn:uuid:{name}",
        "type": "Annotation",
        "motivation": "classifying",
        "created": generated,
        "generator": {"id": "urn:tillsyn", "type": "Software", "name": f"Tillsyn {row['model']}".strip()},
        "body": [
            {"type": "TextualBody", "purpose": "classifying", **label},
            {"type": "TextualBody", "purpose": "tagging", "value": f"tema:{row['theme']}"},
            {"type": "TextualBody", "purpose": "tagging", "value": f"sinne:{row['polarity']}"},
            {"type": "TextualBody", "purpose": "tagging", "value": f"röst:{row['attribution']}"},
        ],
        "target": {
            "source": row["derived_from"] or row["url"],
            "selector": [
                {"type": "TextQuoteSelector", "exact": row["quote"], "prefix": row["before"], "suffix": row["after"]},
                {"type": "TextPositionSelector", "start": row["start"], "end": row["end"]},
            ],
            "state": {
                "type": "TimeState",
                "sourceDate": f"{row['captured']:%Y-%m-%dT%H:%M:%SZ}",
                "cached": f"urn:sha256:{row['sha256']}",
            },
        },
    }  # fmt: skip


def items(material: Material) -> Iterator[dict[str, Any]]:
    """All findings as annotations, in order of document and place."""
    generated = f"{material.generated:%Y-%m-%dT%H:%M:%SZ}"
    return (annotation(row, generated) for row in material.rows(_FINDINGS))


def write_annotations(material: Material, out: Path) -> Path:
    """Write one annotation page, an item a line. Raises WorkspaceError when it cannot be written."""
    head = {"@context": CONTEXT, "id": "urn:tillsyn:annotations", "type": "AnnotationPage", "startIndex": 0}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("w", encoding="utf-8") as stream:
            stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "items": [')
            for number, item in enumerate(items(material)):
                stream.write((",\n" if number else "\n") + json.dumps(item, ensure_ascii=False))
            stream.write("\n]}\n")
    except OSError as error:
        raise WorkspaceError(f"{out}: cannot be written ({error.strerror or error}).") from error
    return out
