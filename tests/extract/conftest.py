"""What the tests of extraction share: the municipal gold, and captures of bytes."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.records import Capture

sys.path.insert(0, str(Path(__file__).parent))


def make_capture(
    body: bytes, url: str = "https://www.norrby.example/sida", content_type: str = "text/html", day: int = 1
) -> Capture:
    """A capture of these bytes, fetched at noon on a day of June 2024."""
    time = datetime(2024, 6, day, 12, tzinfo=UTC)
    return Capture(url, time, 200, {"Content-Type": content_type}, body, hashlib.sha256(body).hexdigest())


@pytest.fixture(scope="session")
def capture() -> Callable[..., Capture]:
    """Makes a capture: ``capture(body, url=…, content_type=…, day=…)``."""
    return make_capture
