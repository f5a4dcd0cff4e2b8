"""kill -9 at any moment: nothing is lost, nothing is fetched twice, no record is broken."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive import read_captures, segments
from pipeline.records import Problem

PAGES, KILLS = 500, 20
_SERVING = 0.003
"""Seconds that the servers together take for a page: on no machine is the crawl over before the last kill."""


def _page(n: int) -> bytes:
    """Page n links to the four pages below it in a tree, to its neighbour and to the start."""
    links = "".join(f'<a href="/sida/{m}">sida {m}</a> ' for m in (*range(4 * n + 1, 4 * n + 5), n + 1) if m < PAGES)
    text = "Beslut i nämnden. " * 40
    return f"<html><head><title>Sida {n}</title></head><body><p>{text}{n}</p>{links}</body></html>".encode()


def _crawl(workspace: Path, source: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pipeline", "crawl", "--workspace", str(workspace), "--source", str(source)]
    environment = os.environ | {"TILLSYN_LANGUAGE": "en"}
    return subprocess.Popen(
        [*command, "--allow-private"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def _kill_at_random(workspace: Path, source: Path, server: Any, dice: random.Random) -> bool:
    """Start a crawl and kill it a moment after its first question for a page; whether it was still running."""
    asked = _asked(server)
    process = _crawl(workspace, source)
    deadline = time.monotonic() + 60
    while process.poll() is None and _asked(server) == asked and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(dice.uniform(0, 0.25))
    running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return running


def _asked(server: Any) -> int:
    """How many pages were asked for."""
    return sum(path.startswith("/sida/") for path in server.paths())


@pytest.mark.slow
def test_twenty_kills(web: Any, tmp_path: Path, reply: Any) -> None:
    """Twenty kills during a crawl of 2,000 pages: every page is archived exactly once, all records are whole."""

    def app(request: Any) -> Any:
        if request.path == "/robots.txt":
            return reply(b"User-agent: *\nDisallow:\n", "text/plain")
        if not request.path.startswith("/sida/"):
            return reply(b"", status=404)
        time.sleep(_SERVING)
        number = int(request.path.rsplit("/", 1)[1] or 0)
        return reply(_page(number) + str(request.host).encode())

    server = web(app, hosts=4)
    source, workspace = tmp_path / "ort.toml", tmp_path / "workspace"
    tables = (
        f'[[source]]\nid = "ort-{n}"\nkind = "municipality"\nstart = ["{server.url("/sida/0", n)}"]\ndelay = 0\n'
        for n in range(4)
    )
    source.write_text("\n".join(tables), "utf-8")
    dice = random.Random(20)
    kills = sum(_kill_at_random(workspace, source, server, dice) for _ in range(KILLS))
    last = _crawl(workspace, source)
    output = last.communicate()[0].decode()
    assert last.returncode == 0, output
    assert kills == KILLS, "every kill must hit a crawl that is under way"
    problems: list[Problem] = []
    found = Counter(
        c.url for path in segments(workspace / "archive") for c in read_captures(path, problems, revisits=False)
    )
    assert problems == []
    assert found == Counter(server.url(f"/sida/{n}", host) for n in range(PAGES) for host in range(4))
    assert not list((workspace / "archive").glob("*.open"))
    log = [json.loads(row) for path in (workspace / "logs").iterdir() for row in path.read_text("utf-8").splitlines()]
    logged = {row["url"] for row in log if row["event"] == "fetch"}
    assert len(logged & set(found)) >= 4 * PAGES - 4 * KILLS, "what is kept is logged, but for the batch at a kill"
    asked = Counter((r.host, r.path) for r in server.requests if r.path.startswith("/sida/"))
    assert sum(asked.values()) <= 4 * PAGES + KILLS * 4, "only what was in flight at a kill is asked for again"
