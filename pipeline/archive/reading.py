"""Captures out of WARC files, revisits resolved to the body that they stand for."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipeline.archive.exchange import decode_body, parse_warc_date
from pipeline.archive.records_in import RawRecord, raw_records
from pipeline.errors import InputError
from pipeline.records import Capture, Problem

_WANTED = ("response", "revisit", "resource")


def segments(folder: Path) -> tuple[Path, ...]:
    """The finished WARC files of a folder in order of name (none when there is no folder)."""
    return tuple(sorted(p for p in folder.glob("*") if p.name.endswith((".warc", ".warc.gz"))))


def _headers(record: RawRecord) -> dict[str, str]:
    """HTTP headers by name; a name that stands several times has its values joined by ', ' (RFC 9110 section 5.3)."""
    if record.http is None:
        return {"Content-Type": record.fields.get_header("Content-Type") or "application/octet-stream"}
    headers: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, value in record.http.headers:
        key = names.setdefault(name.lower(), name)
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _header(headers: dict[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _dechunk(data: bytes) -> bytes:
    """The body inside chunked transfer coding (other tools store it); data that is not chunked stays as it is."""
    out, rest = bytearray(), data
    while rest:
        line, found, rest = rest.partition(b"\r\n")
        size = line.split(b";")[0].strip()
        if not found or not size or size.strip(b"0123456789abcdefABCDEF"):
            return data if not out else bytes(out)
        if not (length := int(size, 16)):
            break
        out += rest[:length]
        rest = rest[length:].removeprefix(b"\r\n")
    return bytes(out)


def _same(label: str, sha256: str) -> bool:
    """Whether a WARC digest, in hexadecimal or base 32, is this SHA-256 (hex)."""
    value = label.removeprefix("sha256:")
    if len(value) == len(sha256):
        return value.lower() == sha256
    return value.rstrip("=") == base64.b32encode(bytes.fromhex(sha256)).decode("ascii").rstrip("=")


def _status(record: RawRecord) -> int:
    code = record.http.get_statuscode() if record.http is not None else "200"
    return int(code) if code.isascii() and code.isdigit() else 0


def _capture(path: Path, record: RawRecord) -> tuple[Capture, str]:
    """The capture in a response or resource record, and what is wrong with it ('' when nothing)."""
    fields, headers, wrong = record.fields, _headers(record), ""
    payload = _dechunk(record.block) if _header(headers, "transfer-encoding").lower() == "chunked" else record.block
    sha256 = hashlib.sha256(payload).hexdigest()
    claimed = fields.get_header("WARC-Payload-Digest") or ""
    if claimed.startswith("sha256:") and not _same(claimed, sha256):
        wrong = "its payload does not have the SHA-256 digest that it names"
    body = payload
    if coding := _header(headers, "content-encoding"):
        try:
            body = decode_body(payload, coding)
        except (ValueError, OverflowError) as error:
            wrong = f"its body cannot be unpacked: {error}"
    url = (fields.get_header("WARC-Target-URI") or "").strip("<>")
    capture = Capture(
        url, _time(path, record), _status(record), headers, body, sha256, path.name, record.offset,
        fields.get_header("Tillsyn-Requested-URI") or url, fields.get_header("Tillsyn-Source"),
    )  # fmt: skip
    return capture, wrong


def _time(path: Path, record: RawRecord) -> datetime:
    try:
        return parse_warc_date(record.fields.get_header("WARC-Date") or "")
    except ValueError as error:
        raise InputError(f"{path}: the record at byte {record.offset} has no readable WARC-Date.") from error


class _Originals:
    """Finds the record that a revisit refers to: by file and offset, else by URL and digest in the same folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._index: dict[tuple[str, str], tuple[Path, int]] | None = None

    def find(self, record: RawRecord) -> Capture | None:
        place = self._named(record) or self._searched(record)
        if place is None:
            return None
        found = next(raw_records(*place))
        return _capture(place[0], found)[0] if found.type in ("response", "resource") else None

    def _named(self, record: RawRecord) -> tuple[Path, int] | None:
        name = record.fields.get_header("WARC-Refers-To-Filename")
        offset = record.fields.get_header("WARC-Refers-To-File-Offset") or ""
        if not name or not offset.isdigit() or Path(name).name != name:
            return None
        file = self._path.with_name(name)
        if not file.exists() and self._path.name.startswith(name):
            file = self._path
        return (file, int(offset)) if file.exists() and int(offset) < file.stat().st_size else None

    def _searched(self, record: RawRecord) -> tuple[Path, int] | None:
        if self._index is None:
            self._index = dict(self._scan())
        fields = record.fields
        digest = fields.get_header("WARC-Payload-Digest") or ""
        uri = fields.get_header("WARC-Refers-To-Target-URI") or fields.get_header("WARC-Target-URI") or ""
        return self._index.get((uri, digest)) or self._index.get(("", digest))

    def _scan(self) -> Iterator[tuple[tuple[str, str], tuple[Path, int]]]:
        for file in {*segments(self._path.parent), self._path}:
            try:
                for record in raw_records(file):
                    if record.type == "response":
                        digest = record.fields.get_header("WARC-Payload-Digest") or ""
                        yield (record.fields.get_header("WARC-Target-URI") or "", digest), (file, record.offset)
                        if digest:
                            yield ("", digest), (file, record.offset)
            except InputError:
                continue  # a damaged neighbour is reported when it is read itself; here it only has fewer originals


def _resolved(path: Path, record: RawRecord, originals: _Originals) -> tuple[Capture | None, str]:
    original = originals.find(record)
    claimed = record.fields.get_header("WARC-Payload-Digest") or ""
    if original is None or (claimed.startswith("sha256:") and not _same(claimed, original.sha256)):
        return None, "it is a revisit, and the record that it refers to is not in this archive"
    url = (record.fields.get_header("WARC-Target-URI") or original.url).strip("<>")
    return replace(
        original, url=url, time=_time(path, record), warc=path.name, offset=record.offset,
        requested_url=record.fields.get_header("Tillsyn-Requested-URI") or url,
        source=record.fields.get_header("Tillsyn-Source") or original.source,
    ), ""  # fmt: skip


def _read(path: Path, record: RawRecord, originals: _Originals) -> tuple[Capture | None, str]:
    if record.type == "revisit":
        return _resolved(path, record, originals)
    return _capture(path, record)


def read_captures(
    path: Path,
    problems: list[Problem] | None = None,
    *,
    every_status: bool = False,
    revisits: bool = True,
    every_role: bool = False,
) -> Iterator[Capture]:
    """The captures of one WARC file in order: responses, resources, and revisits with their original's body.

    ``Capture.body`` is unpacked (Content-Encoding taken off), ``Capture.sha256`` the digest of the
    payload that the archive holds (its WARC-Payload-Digest). ``Capture.warc`` is the file's name, without folder.
    Only answers of status 2xx, unless ``every_status``; no robots.txt, sitemaps, feeds and pages of firewalls,
    unless ``every_role``.

    What cannot be read goes into ``problems`` (stage 'archive', where 'file@offset'); without that
    list InputError is raised, after all that is readable before it.
    """
    originals = _Originals(path)
    records = raw_records(path)
    while True:
        try:
            record = next(records, None)
        except InputError as error:
            if problems is None:
                raise
            problems.append(Problem("archive", str(path), str(error)))
            return
        if record is None:
            return
        if record.type not in _WANTED or (record.type == "revisit" and not revisits):
            continue
        if not every_role and record.fields.get_header("Tillsyn-Role"):
            continue
        capture, wrong = _read(path, record, originals)
        if wrong and problems is None:
            raise InputError(f"{path}: the record at byte {record.offset} cannot be used: {wrong}.")
        if wrong and problems is not None:
            problems.append(Problem("archive", f"{path.name}@{record.offset}", wrong))
        if capture and not wrong and (every_status or 200 <= capture.status < 300):
            yield capture


def read_capture_at(path: Path, offset: int) -> Capture:
    """The capture whose record begins at byte ``offset`` of the file.

    Raises InputError when no whole response, revisit or resource record begins there.
    """
    record = next(raw_records(path, offset), None)
    if record is None or record.type not in _WANTED:
        raise InputError(f"{path}: at byte {offset} there is no response, revisit or resource record.")
    capture, wrong = _read(path, record, _Originals(path))
    if capture is None or wrong:
        raise InputError(f"{path}: the record at byte {offset} cannot be used: {wrong}.")
    return capture
