"""Segments: closed at their size, named only when the frontier knows what is in them."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.acquire import Limits
from pipeline.archive import read_captures, segments
from pipeline.records import Problem


def test_segments_are_closed_at_their_size(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """Many small segments hold the same pages as one large one, each page once, none left open."""
    pages = {f"/{n}": html(f"Sida {n}", text=str(n) * 4000) for n in range(30)}
    start = html("Start", *pages)
    server = web(
        lambda r: reply(
            start if r.path == "/" else pages.get(r.path, b""), status=200 if r.path in {"/", *pages} else 404
        )
    )
    crawler(server.url("/"), segment_bytes=4096)
    folder = crawler.workspace / "archive"
    assert len(segments(folder)) > 5
    assert not list(folder.glob("*.open"))
    assert set(crawler.bodies()) == {"/", *pages}


def test_a_fault_of_ours_leaves_segments_to_be_taken_over(web: Any, crawler: Any, html: Any, reply: Any) -> None:
    """When keeping fails half-way, the next crawl takes over what was archived, without fetching it again.

    Ample limits: on a busy machine a server may be late, and what timed out is rightly asked for once more.
    """
    pages = {f"/{n}": html(f"Sida {n}") for n in range(40)}
    start = html("Start", *pages)

    def app(request: Any) -> Any:
        found = start if request.path == "/" else pages.get(request.path)
        return reply(found or b"", status=200 if found else 404)

    server = web(app)
    from pipeline.acquire.keeper import Keeper

    settle, count = Keeper._settle, []

    def failing(self: Any, *arguments: Any) -> None:
        count.append(1)
        if len(count) > 10:
            raise OSError("disk full")
        settle(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Keeper, "_settle", failing)
        with pytest.raises(OSError, match="disk full"):
            crawler(server.url("/"), limits=Limits())
    assert list((crawler.workspace / "archive").glob("*.open"))
    summary = crawler(server.url("/"), limits=Limits())
    assert summary.resumed
    assert set(crawler.bodies()) == {"/", *pages}
    assert len([p for p in server.paths() if p in pages]) == len(pages)


@pytest.mark.parametrize("kibibytes", [60, 150, 300])
def test_full_disk(kibibytes: int, web: Any, html: Any, reply: Any, tmp_path: Path, command: Any) -> None:
    """A disk that refuses ends the crawl with one sentence and the workspace's exit code; the next one has it all."""
    pages = {f"/{n}": html(f"Sida {n}", text=os.urandom(3000).hex()) for n in range(200)}
    start = html("Start", *pages)

    def app(request: Any) -> Any:
        found = start if request.path == "/" else pages.get(request.path)
        return reply(found or b"", status=200 if found else 404)

    server, source = web(app), tmp_path / "ort.toml"
    source.write_text(f'[[source]]\nid = "ort"\nstart = ["{server.url("/")}"]\ndelay = 0\n', "utf-8")
    workspace = tmp_path / "workspace"
    arguments = ["crawl", "--workspace", str(workspace), "--source", str(source), "--allow-private"]
    size = kibibytes * 1024
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2], env=os.environ | {"TILLSYN_LANGUAGE": "en"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )  # fmt: skip
    assert done.returncode == 6, done.stderr
    assert len(done.stderr.splitlines()) == 1 and str(workspace) in done.stderr
    assert command(*arguments).returncode == 0
    problems: list[Problem] = []
    paths = segments(workspace / "archive")
    found = Counter(c.url for path in paths for c in read_captures(path, problems, revisits=False))
    assert problems == []
    assert found == Counter(server.url(path) for path in ("/", *pages))
