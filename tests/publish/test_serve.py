"""'tillsyn serve': Datasette on the database with the report beside it, for this machine only, for reading only."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pipeline.errors import UsageError, WorkspaceError
from pipeline.publish.serve import command, is_loopback, metadata


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def address(sample_run: tuple[Path, subprocess.CompletedProcess[str]]) -> Iterator[str]:
    """The server, started as a user starts it, on the workspace of the sample."""
    port = _free_port()
    arguments = ["-m", "pipeline", "serve", "--workspace", str(sample_run[0]), "--port", str(port)]
    server = subprocess.Popen([sys.executable, *arguments], stderr=subprocess.DEVNULL, env=os.environ)
    found = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(found, timeout=1).close()
            break
        except OSError:
            assert server.poll() is None
            time.sleep(0.2)
    yield found
    server.terminate()
    server.wait(20)


def _get(address: str, path: str) -> bytes:
    with urllib.request.urlopen(address + path, timeout=20) as answer:
        return bytes(answer.read())


def _json(address: str, path: str) -> Any:
    return json.loads(_get(address, path))


def test_tables_facets_and_search(address: str) -> None:
    """Tables answer as JSON with their facets; searching passages for a lemma finds its forms."""
    found = _json(address, "/tillsyn/findings.json?_size=1")
    assert set(found["facet_results"].get("results", found["facet_results"])) == {"theme", "polarity", "attribution"}
    said = _json(address, "/tillsyn/passages.json?_search=rutin&_size=50&_shape=objects")["rows"]
    assert said
    assert any("rutin" in row["text"].lower() and "rutin " not in row["text"].lower() for row in said)


@pytest.mark.parametrize("name", sorted(metadata()["databases"]["tillsyn"]["queries"]))
def test_ready_questions_answer(address: str, name: str) -> None:
    """Every ready question runs on the sample without an error."""
    path = f"/tillsyn/{name}.json?_shape=array&fraga=rutin&tema=leadership&kommun={quote('Hedemora')}"
    assert isinstance(_json(address, path), list)


def test_the_report_stands_beside(address: str) -> None:
    """The report opens from the same server."""
    assert b"<title>" in _get(address, "/rapport/index.html")
    assert b"Tillsyn" in _get(address, "/")


def test_it_only_reads(address: str) -> None:
    """The database is immutable: writing by a question is refused."""
    assert _json(address, "/-/databases.json")[0]["is_mutable"] is False
    with pytest.raises(urllib.error.HTTPError) as refused:
        _get(address, f"/tillsyn.json?sql={quote('delete from findings')}")
    assert refused.value.code == 400


def test_only_this_machine_unless_asked(sample_run: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """An address that others reach needs --public; the default is the loopback address."""
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert is_loopback("localhost")
    with pytest.raises(UsageError, match="--public"):
        command(sample_run[0], host="0.0.0.0")
    arguments = command(sample_run[0])
    assert arguments[arguments.index("--host") + 1] == "127.0.0.1"
    assert "--immutable" in arguments


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    """No database: the sentence says which command makes one."""
    with pytest.raises(WorkspaceError, match="tillsyn report"):
        command(tmp_path)
