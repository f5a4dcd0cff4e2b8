"""The archive: what is written can be read by us and by others, and what is broken is named."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.archive import (
    Exchange,
    Original,
    Place,
    SegmentWriter,
    capture_from_file,
    decode_body,
    digest_label,
    read_capture_at,
    read_captures,
    repair,
    segments,
)
from pipeline.errors import InputError, WorkspaceError
from pipeline.records import Problem

NOON = datetime(2026, 3, 4, 12, 0, 0, 250_000, tzinfo=UTC)
HTML = (("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))


def _exchange(path: str, body: bytes, **changes: object) -> Exchange:
    fields: dict[str, object] = {
        "url": f"https://ort.example/{path}", "time": NOON, "status": 200, "headers": HTML, "body": body,
        "request_headers": (("User-Agent", "prov"), ("Host", "ort.example")), "metadata": {"rule": "start"},
        "reason": "OK", "source": "ort",
    }  # fmt: skip
    return Exchange(**(fields | changes))  # type: ignore[arg-type]


def _segment(folder: Path, exchanges: list[Exchange], name: str = "del") -> tuple[Path, list[Place]]:
    with SegmentWriter(folder, name) as writer:
        places = [writer.write(exchange) for exchange in exchanges]
    return folder / f"{name}.warc.gz", places


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Body, digest, time, headers, source and place of a response survive the way through the archive."""
    path, places = _segment(tmp_path, [_exchange("a", "Nämnd".encode()), _exchange("b", b"", status=404)])
    (capture,) = read_captures(path)
    assert (capture.url, capture.time, capture.status) == ("https://ort.example/a", NOON, 200)
    assert capture.body.decode() == "Nämnd"
    assert capture.sha256 == hashlib.sha256(capture.body).hexdigest() == places[0].sha256
    assert capture.headers["Set-Cookie"] == "a=1, b=2"
    assert (capture.source, capture.warc, capture.offset) == ("ort", "del.warc.gz", places[0].offset)
    assert [c.status for c in read_captures(path, every_status=True)] == [200, 404]


def test_offset_leads_back_to_the_record(tmp_path: Path) -> None:
    """Every capture can be read again, alone, at its offset; any other offset is an error."""
    path, _ = _segment(tmp_path, [_exchange(str(n), b"x" * n) for n in range(1, 40)])
    for capture in read_captures(path):
        assert read_capture_at(path, capture.offset) == capture
    with pytest.raises(InputError, match="at byte 0 there is no response"):
        read_capture_at(path, 0)
    with pytest.raises(InputError, match="byte 7 is damaged"):
        read_capture_at(path, 7)


def test_another_tool_reads_it(tmp_path: Path) -> None:
    """FastWARC, which writes nothing here, finds all records and confirms block and payload digests."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    original = Original("https://ort.example/0", NOON, hashlib.sha256(b"sida 0").hexdigest())
    exchanges = [_exchange(str(n), b"sida %d" % n) for n in range(5)]
    path, _ = _segment(tmp_path, [*exchanges, _exchange("0", b"", status=304, revisit=original)])
    kinds = []
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, parse_http=True):
            kinds.append(record.headers["WARC-Type"])
            if record.record_type == WarcRecordType.response:
                assert record.verify_payload_digest()
                assert record.reader.read().startswith(b"sida")
            assert record.headers["WARC-Record-ID"].startswith("<urn:uuid:")
    count = {kind: kinds.count(kind) for kind in set(kinds)}
    assert count == {"warcinfo": 1, "response": 5, "request": 6, "metadata": 6, "revisit": 1}
    with path.open("rb") as stream:
        assert all(r.verify_block_digest() for r in ArchiveIterator(stream, parse_http=False, verify_digests=False)
                   if r.record_type == WarcRecordType.response)  # fmt: skip


def test_small_records_are_what_two_tools_say_they_are(tmp_path: Path) -> None:
    """The request and metadata records, which are put together by hand, are whole for warcio and for FastWARC."""
    from fastwarc.warc import ArchiveIterator as FastIterator
    from warcio.archiveiterator import ArchiveIterator

    exchange = _exchange("n%C3%A4mnd?x=1", b"sida", metadata={"via": "7", "reason": "två\r\nrader", "rule": "länk"})
    path, (place,) = _segment(tmp_path, [exchange])
    kinds = ("request", "metadata")
    with path.open("rb") as stream:
        found = {r.rec_type: (r, r.content_stream().read()) for r in ArchiveIterator(stream, check_digests=True)
                 if r.rec_type in kinds}  # fmt: skip
    with path.open("rb") as stream:
        other = {r.headers["WARC-Type"]: (dict(r.headers), r.verify_block_digest(), r.reader.read())
                 for r in FastIterator(stream, parse_http=False) if r.headers["WARC-Type"] in kinds}  # fmt: skip
    for kind in kinds:
        record, block = found[kind]
        headers, right, whole = other[kind]
        assert right and record.digest_checker.passed
        assert headers == dict(record.rec_headers.headers), "both tools see the same fields"
        assert headers["WARC-Concurrent-To"] == place.record_id
        assert headers["WARC-Block-Digest"] == digest_label(hashlib.sha256(whole).hexdigest())
        assert whole.endswith(block)
    request, _ = found["request"]
    assert request.http_headers.statusline == "/n%C3%A4mnd?x=1 HTTP/1.1"
    assert request.http_headers.headers == [("User-Agent", "prov"), ("Host", "ort.example")]
    assert found["metadata"][1].decode() == "via: 7\r\nreason: två rader\r\nrule: länk\r\n"


def test_our_own_library_checks_the_digests(tmp_path: Path) -> None:
    """warcio's digest check passes for every record."""
    from warcio.archiveiterator import ArchiveIterator

    path, _ = _segment(tmp_path, [_exchange(str(n), os.urandom(n * 100)) for n in range(8)])
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests=True):
            record.content_stream().read()
            assert record.digest_checker.passed is not False, record.digest_checker.problems


@pytest.mark.parametrize("status", [200, 304])
@pytest.mark.parametrize("known_place", [True, False])
def test_revisit_gives_the_original_body(tmp_path: Path, status: int, known_place: bool) -> None:
    """A revisit in another file is read with its original's body, found by place or by digest."""
    _, (place,) = _segment(tmp_path, [_exchange("a", b"beslut")], "ett")
    original = Original("https://ort.example/a", NOON, place.sha256)
    if known_place:
        original = Original(original.url, NOON, place.sha256, place.record_id, place.warc, place.offset)
    later = NOON + timedelta(days=7)
    path, (again,) = _segment(
        tmp_path, [_exchange("a", b"", status=status, revisit=original, time=later, headers=())], "två"
    )
    (capture,) = read_captures(path)
    assert (capture.body, capture.status, capture.time) == (b"beslut", 200, later)
    assert (capture.sha256, capture.warc, capture.offset) == (place.sha256, path.name, again.offset)
    assert read_capture_at(path, capture.offset) == capture
    assert list(read_captures(path, revisits=False)) == []


def test_revisit_without_original_is_named(tmp_path: Path) -> None:
    """A revisit whose original is gone is a problem, never an empty page."""
    original = Original("https://ort.example/a", NOON, hashlib.sha256(b"borta").hexdigest())
    path, _ = _segment(tmp_path, [_exchange("a", b"", status=304, revisit=original)])
    problems: list[Problem] = []
    assert list(read_captures(path, problems)) == []
    assert "the record that it refers to is not in this archive" in problems[0].what
    with pytest.raises(InputError, match="not in this archive"):
        list(read_captures(path))


def test_truncated_tail_loses_only_the_tail(tmp_path: Path) -> None:
    """Of a file cut anywhere, all whole records are read, and the cut is named."""
    path, places = _segment(tmp_path, [_exchange(str(n), b"text " * 50) for n in range(6)])
    whole = path.read_bytes()
    for cut in range(places[2].offset + 1, places[3].offset, 17):
        path.write_bytes(whole[:cut])
        problems: list[Problem] = []
        assert len(list(read_captures(path, problems))) in (2, 3)
    path.write_bytes(whole[: places[2].offset + 9])
    problems = []
    assert len(list(read_captures(path, problems))) == 2
    assert "damaged or cut short" in problems[0].what
    found = []
    with pytest.raises(InputError, match="cut short"):
        found.extend(read_captures(path))


def test_wrong_digest_is_named(tmp_path: Path) -> None:
    """A record whose body was changed afterwards is not handed out."""
    path, _ = _segment(tmp_path, [_exchange("a", b"tio anmalningar")])
    plain = gzip.decompress(path.read_bytes()).replace(b"tio", b"sju")
    changed = tmp_path / "changed.warc"
    changed.write_bytes(plain)
    problems: list[Problem] = []
    assert list(read_captures(changed, problems)) == []
    assert "does not have the SHA-256 digest" in problems[0].what


def test_plain_and_single_stream_files(tmp_path: Path) -> None:
    """An uncompressed WARC and one compressed as a whole are read too."""
    path, _ = _segment(tmp_path, [_exchange(str(n), b"sida %d" % n) for n in range(4)])
    plain = gzip.decompress(path.read_bytes())
    (tmp_path / "plain.warc").write_bytes(plain)
    (tmp_path / "single.warc.gz").write_bytes(gzip.compress(plain))
    expected = [c.body for c in read_captures(path)]
    captures = list(read_captures(tmp_path / "plain.warc"))
    assert [c.body for c in captures] == expected
    assert [read_capture_at(tmp_path / "plain.warc", c.offset) for c in captures] == captures
    assert [c.body for c in read_captures(tmp_path / "single.warc.gz")] == expected


def test_chunked_and_packed_bodies_of_other_tools(tmp_path: Path) -> None:
    """A response stored with its chunks and its gzip coding, as warcio's recorder does, gives the clean body."""
    from io import BytesIO

    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    packed = gzip.compress("Överförmyndare".encode())
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(packed[i : i + 9]), packed[i : i + 9]) for i in range(0, len(packed), 9))
    path = tmp_path / "other.warc.gz"
    headers = [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    with path.open("wb") as stream:
        writer = WARCWriter(stream)
        http = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
        record = writer.create_warc_record(
            "https://x.example/", "response", BytesIO(chunks + b"0\r\n\r\n"), http_headers=http
        )
        writer.write_record(record)
    (capture,) = read_captures(path)
    assert capture.body.decode() == "Överförmyndare"
    assert capture.sha256 == hashlib.sha256(packed).hexdigest()


def test_no_warc_is_one_clear_sentence(tmp_path: Path) -> None:
    """A file of another kind, a missing one and an empty one are told apart."""
    (tmp_path / "x.warc").write_bytes(b"%PDF-1.4")
    with pytest.raises(InputError, match="is no WARC file"):
        list(read_captures(tmp_path / "x.warc"))
    with pytest.raises(InputError, match="cannot be read"):
        list(read_captures(tmp_path / "none.warc"))
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    assert list(read_captures(tmp_path / "empty.warc.gz")) == []


def test_segment_has_its_name_only_when_whole(tmp_path: Path) -> None:
    """While a segment grows, and after an error inside, no file bears its final name."""
    with pytest.raises(RuntimeError), SegmentWriter(tmp_path, "del") as writer:
        writer.write(_exchange("a", b"x"))
        assert segments(tmp_path) == ()
        raise RuntimeError
    assert segments(tmp_path) == ()
    (repaired,) = repair(tmp_path)
    assert [c.body for c in read_captures(repaired)] == [b"x"]
    with pytest.raises(WorkspaceError, match="already there"):
        SegmentWriter(tmp_path, "del")


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b[:-40], lambda b: b + b"\x1f\x8b\x08", lambda b: b + b"\0" * 9]
)
def test_repair_keeps_whole_exchanges(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """After a kill, the segment keeps exactly the exchanges that were whole."""
    path, _ = _segment(tmp_path, [_exchange(str(n), os.urandom(99)) for n in range(3)])
    path.rename(tmp_path / "del.warc.gz.open")
    file = tmp_path / "del.warc.gz.open"
    file.write_bytes(damage(file.read_bytes()))
    (repaired,) = repair(tmp_path)
    problems: list[Problem] = []
    assert len(list(read_captures(repaired, problems))) in (2, 3)
    assert problems == []


def test_repair_removes_what_holds_nothing(tmp_path: Path) -> None:
    """A segment killed before its first record is whole leaves nothing behind."""
    (tmp_path / "x.warc.gz.open").write_bytes(b"\x1f\x8b\x08\0")
    assert repair(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_unwritable_folder(tmp_path: Path) -> None:
    """A folder that cannot be made is a workspace error that names the path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        SegmentWriter(tmp_path / "file" / "archive", "del")


def test_local_files(tmp_path: Path) -> None:
    """A local file is a capture with its URI and a media type by suffix; other kinds are refused by name."""
    file = tmp_path / "Beslut.PDF"
    file.write_bytes(b"%PDF-1.4")
    capture = capture_from_file(file)
    assert (capture.url, capture.media_type, capture.status) == (file.as_uri(), "application/pdf", 200)
    assert capture.sha256 == hashlib.sha256(b"%PDF-1.4").hexdigest()
    with pytest.raises(InputError, match="is not a kind of file"):
        capture_from_file(tmp_path / "x.exe")
    with pytest.raises(InputError, match="cannot be read"):
        capture_from_file(tmp_path / "x.html")


@given(st.binary(max_size=3000), st.sampled_from(["gzip", "deflate", "raw", "gzip, gzip", "identity", ""]))
def test_content_coding_round_trip(body: bytes, coding: str) -> None:
    """What any coding packed is unpacked to the same bytes."""
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(body), "deflate": zlib.compress(body), "raw": raw.compress(body) + raw.flush(),
        "gzip, gzip": gzip.compress(gzip.compress(body)), "identity": body, "": body,
    }[coding]  # fmt: skip
    assert decode_body(packed, coding.replace("raw", "deflate")) == body


def test_damaged_coding_and_bomb() -> None:
    """Half a gzip stream, an unknown coding and a bomb are errors, not half a page."""
    packed = gzip.compress(b"a" * 10_000)
    with pytest.raises(ValueError, match="ends too early"):
        decode_body(packed[:-12], "gzip")
    with pytest.raises(ValueError, match="unknown Content-Encoding"):
        decode_body(b"x", "zip")
    with pytest.raises(OverflowError):
        decode_body(packed, "gzip", limit=9_999)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400), st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=30))
def test_any_body_and_header_survive(tmp_path_factory: pytest.TempPathFactory, body: bytes, value: str) -> None:
    """Arbitrary bytes as body, and header values outside ASCII, give a valid record."""
    exchange = _exchange("a", body, headers=(("Content-Type", "text/plain"), ("X-Any", value)))
    path, (place,) = _segment(tmp_path_factory.mktemp("w"), [exchange])
    capture = read_capture_at(path, place.offset)
    assert capture.body == body
    assert digest_label(capture.sha256).startswith("sha256:")
