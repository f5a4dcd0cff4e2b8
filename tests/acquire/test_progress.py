"""What a crawl says while it goes on where nobody watches a terminal."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pipeline.cli.crawl_view import Progress
from pipeline.records import Problem


def test_a_line_now_and_then(web: Any, crawler: Any, html: Any, reply: Any, capsys: Any) -> None:
    """Without a terminal stderr gets a line at every interval, also while no page comes, and none after the end."""

    def app(request: Any) -> Any:
        return reply(html(request.path, "/a", "/b")) if request.path in ("/", "/a", "/b") else reply(b"", status=404)

    server = web(app)
    with Progress(every=0.2) as progress:
        crawler(server.url("/"), on_event=progress.event, on_note=progress.note, delay=0.3)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) >= 4
    assert lines[-1].startswith("0.0 minut") and " 1 " in lines[-1]
    time.sleep(0.5)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("language", "word"), [("en", "makes this crawl long"), ("sv", "gör hämtningen lång")])
def test_a_slow_host_is_named_at_once(
    language: str, word: str, web: Any, crawler: Any, html: Any, reply: Any, capsys: Any, monkeypatch: Any
) -> None:
    """A host whose robots.txt asks for a long pause is named when that is learnt, and once in the summary."""
    monkeypatch.setenv("TILLSYN_LANGUAGE", language)
    monkeypatch.setattr("pipeline.acquire.worker._SLOW", 0.5)
    rules, told = reply(b"User-agent: *\nCrawl-delay: 0.5", "text/plain"), list[float]()
    pages = {"/robots.txt": rules, "/": reply(html("Start", "/a")), "/a": reply(html("A"))}
    server = web(lambda request: pages.get(request.path, reply(b"", status=404)))
    progress = Progress()

    def note(problem: Problem) -> None:
        told.append(time.monotonic())
        progress.note(problem)

    summary = crawler(server.url("/"), on_note=note)
    assert word in capsys.readouterr().err
    assert len(told) == len(summary.notes) == 1
    assert told[0] < next(request.time for request in server.requests if request.path == "/")
