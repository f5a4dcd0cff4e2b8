"""WARC in and out (ISO 28500, WARC/1.1): what was fetched, append-only, one gzip member per record."""

from __future__ import annotations

from pipeline.archive.exchange import Exchange, Headers, Original, Place, decode_body, digest_label
from pipeline.archive.files import READABLE_SUFFIXES, capture_from_file
from pipeline.archive.packing import LARGE, Packer, whole_body
from pipeline.archive.reading import read_capture_at, read_captures, segments
from pipeline.archive.records_in import RawRecord, raw_records
from pipeline.archive.recovery import repair
from pipeline.archive.writing import SEGMENT_BYTES, Pack, SegmentWriter

__all__ = [
    "LARGE",
    "READABLE_SUFFIXES",
    "SEGMENT_BYTES",
    "Exchange",
    "Headers",
    "Original",
    "Pack",
    "Packer",
    "Place",
    "RawRecord",
    "SegmentWriter",
    "capture_from_file",
    "decode_body",
    "digest_label",
    "raw_records",
    "read_capture_at",
    "read_captures",
    "repair",
    "segments",
    "whole_body",
]
