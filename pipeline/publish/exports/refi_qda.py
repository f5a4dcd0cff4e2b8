"""REFI-QDA 1.5 (qdasoftware.org): a project (.qdpx) and a codebook (.qdc) for NVivo, MAXQDA, ATLAS.ti, QualCoder.

A project is a ZIP of ``project.qde`` and a folder ``Sources`` with one plain text per document. Selections are
half-open ranges of Unicode code points; GUIDs are made from our own ids, so that the same finding has the same GUID in
every export. Codes are the themes with their four senses, the kinds of event, and who says it.
"""

from __future__ import annotations

import re
import tempfile
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.codebook import load_codebook
from pipeline.errors import WorkspaceError
from pipeline.publish.material import Material, Row
from pipeline.records import ATTRIBUTIONS, POLARITIES

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
ORIGIN = "Tillsyn"
_HOUSE = uuid.uuid5(uuid.NAMESPACE_URL, "https://tillsyn.example/refi-qda")
_COLOURS = {"problem": "#B9531F", "remedy": "#1A5794", "ok": "#17674F", "neutral": "#565C63"}
# What XML 1.0 cannot hold.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DOCUMENTS = """
SELECT d.id, d.title, d.text, d.date, d.source_kind, coalesce(d.derived_from, d.url) AS url, d.sha256, d.captured,
list_transform(d.municipalities, lambda m: m.code) AS codes FROM documents d WHERE d.status = 'ok' ORDER BY d.id
"""
_MARKS = """
SELECT document, start, "end", theme || '/' || polarity AS code, attribution FROM findings UNION ALL
SELECT document, start, "end", 'event/' || kind AS code, '' AS attribution FROM events ORDER BY ALL
"""


def guid(*parts: object) -> str:
    """The GUID of a thing named by ``parts``; the same parts always give the same."""
    return str(uuid.uuid5(_HOUSE, "\n".join(map(str, parts))))


def _plain(namespace: str) -> Any:
    """The default namespace, as lxml wants it."""
    return {None: namespace}


def _text(value: object) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", "" if value is None else str(value))


def _add(parent: Any, tag: str, text: str | None = None, /, **attributes: object) -> Any:
    space = etree.QName(parent).namespace
    made = etree.SubElement(parent, f"{{{space}}}{tag}", {key: _text(value) for key, value in attributes.items()})
    if text is not None:
        made.text = _text(text)
    return made


def _code(parent: Any, key: str, name: str, description: str, codable: bool, colour: str = "") -> Any:
    more = {"color": colour} if colour else {}
    made = _add(parent, "Code", guid=guid("code", key), name=name, isCodable=str(codable).lower(), **more)
    if description:
        _add(made, "Description", description)
    return made


def _codes(parent: Any) -> None:
    """The codebook as codes: themes with senses, kinds of event, voices."""
    book = load_codebook()
    codes = _add(parent, "Codes")
    for theme in book.themes:
        borders = [("Hit hör: ", theme.includes), ("Hit hör inte: ", theme.excludes)]
        text = " ".join([theme.definition, *(lead + words for lead, words in borders if words)])
        made = _code(codes, theme.id, theme.label_sv, text, True)
        for sense in POLARITIES:
            name = f"{theme.label_sv}: {sense}"
            _code(made, f"{theme.id}/{sense}", name, book.polarities.get(sense, ""), True, _COLOURS[sense])
    events = _code(codes, "event", "Händelser", "Vad en myndighet eller kommunen formellt gjort.", False)
    for event in book.events:
        _code(events, f"event/{event.kind}", event.label_sv, "", True)
    voices = _code(codes, "voice", "Vem säger det", "Vem som säger det som står i meningen.", False)
    for voice in ATTRIBUTIONS:
        _code(voices, f"voice/{voice}", f"Röst: {voice}", book.attributions.get(voice, ""), True)


def codebook() -> bytes:
    """The codebook as a .qdc file."""
    root = etree.Element(f"{{{CODEBOOK}}}CodeBook", {"origin": ORIGIN}, nsmap=_plain(CODEBOOK))
    _codes(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _value(parent: Any, name: str, value: object) -> None:
    if value:
        made = _add(parent, "VariableValue")
        _add(made, "VariableRef", targetGUID=guid("variable", name))
        _add(made, "TextValue", str(value))


def _source(parent: Any, row: Row, marks: Iterable[Row], time: str) -> None:
    """A document as a text source, with a selection per marked stretch and its codings."""
    user = guid("user")
    name = guid("source", row["id"])
    made = _add(
        parent, "TextSource", guid=name, name=f"{row['title']} [{row['id'][:6]}]", plainTextPath=f"internal://{name}.txt",
        creatingUser=user, creationDateTime=time,
    )  # fmt: skip
    _add(made, "Description", f"{row['url']} (hämtad {row['captured']:%Y-%m-%d %H:%M} UTC, SHA-256 {row['sha256']})")
    for (start, end), codes in _spans(marks).items():
        words = row["text"][start:end]
        selection = _add(
            made, "PlainTextSelection", guid=guid("selection", row["id"], start, end), name=words[:60],
            startPosition=start, endPosition=end, creatingUser=user, creationDateTime=time,
        )  # fmt: skip
        for code in codes:
            coding = _add(
                selection, "Coding", guid=guid("coding", row["id"], start, end, code), creatingUser=user,
                creationDateTime=time,
            )  # fmt: skip
            _add(coding, "CodeRef", targetGUID=guid("code", code))
    for variable in _VARIABLES:
        _value(made, variable, row[variable])


_VARIABLES = {"date": "Datum", "source_kind": "Utgivare", "url": "Adress"}


def _spans(marks: Iterable[Row]) -> dict[tuple[int, int], list[str]]:
    known = {f"{t}/{p}" for t in load_codebook().theme_ids for p in POLARITIES}
    known |= {f"event/{event.kind}" for event in load_codebook().events}
    found: dict[tuple[int, int], list[str]] = {}
    for mark in marks:
        codes = found.setdefault((mark["start"], mark["end"]), [])
        wanted = [mark["code"]] if mark["code"] in known else []
        wanted += [f"voice/{mark['attribution']}"] if mark["attribution"] in ATTRIBUTIONS else []
        codes += [code for code in wanted if code not in codes]
    return {span: codes for span, codes in found.items() if codes}


def _cases(parent: Any, material: Material, written: Mapping[str, list[str]]) -> None:
    """A case per municipality, pointing at its documents."""
    places = {row["code"]: row["name"] for row in material.rows("SELECT DISTINCT code, name FROM concerns")}
    cases = _add(parent, "Cases") if written else None
    for code, documents in sorted(written.items()):
        case = _add(cases, "Case", guid=guid("case", code), name=places.get(code, code))
        for document in documents:
            _add(case, "SourceRef", targetGUID=guid("source", document))


def _project(material: Material, time: str) -> Any:
    root = etree.Element(
        f"{{{PROJECT}}}Project",
        {"name": "Tillsyn", "origin": ORIGIN, "creatingUserGUID": guid("user"), "creationDateTime": time},
        nsmap=_plain(PROJECT),
    )
    _add(_add(root, "Users"), "User", guid=guid("user"), name=f"Tillsyn {material.tables}")
    _codes(_add(root, "CodeBook"))
    variables = _add(root, "Variables")
    for key, label in _VARIABLES.items():
        _add(variables, "Variable", guid=guid("variable", key), name=label, typeOfVariable="Text")
    return root


def _documents(material: Material) -> Iterator[tuple[Row, list[Row]]]:
    marks: dict[str, list[Row]] = {}
    for mark in material.rows(_MARKS):
        marks.setdefault(mark["document"], []).append(mark)
    for row in material.rows(_DOCUMENTS):
        yield row, marks.get(row["id"], [])


def _zip(material: Material, path: Path) -> None:
    time = f"{material.generated:%Y-%m-%dT%H:%M:%SZ}"
    root = _project(material, time)
    sources = etree.Element(f"{{{PROJECT}}}Sources", nsmap=_plain(PROJECT))
    cases: dict[str, list[str]] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for row, marks in _documents(material):
            _source(sources, row, marks, time)
            for code in row["codes"] or ():
                cases.setdefault(code, []).append(row["id"])
            entry = zipfile.ZipInfo(f"Sources/{guid('source', row['id'])}.txt", material.generated.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, row["text"].encode())
        _cases(root, material, cases)
        if len(sources):
            root.append(sources)
        made = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        archive.writestr(zipfile.ZipInfo("project.qde", material.generated.timetuple()[:6]), made)


def write_project(material: Material, out: Path) -> Path:
    """Write the project to ``out`` (.qdpx). Raises WorkspaceError when it cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".project") as folder:
            path = Path(folder) / "project.qdpx"
            _zip(material, path)
            path.replace(out)
    except OSError as error:
        raise WorkspaceError(f"{out}: cannot be written ({error.strerror or error}).") from error
    return out


def write_codebook(out: Path) -> Path:
    """Write the codebook to ``out`` (.qdc). Raises WorkspaceError when it cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(codebook())
    except OSError as error:
        raise WorkspaceError(f"{out}: cannot be written ({error.strerror or error}).") from error
    return out
