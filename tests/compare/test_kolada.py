"""Kolada's figures: paging, batches of 25, every answer kept, replay without network; the join says its source."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from worlds import Said, analysis, world

from pipeline.acquire.kolada import Figure, Kolada
from pipeline.compare import compare
from pipeline.compare.beside import OWN, SOURCE, associations, latest, set_beside
from pipeline.errors import FetchError, InputError, UsageError

TITLES = {f"N0000{i}": f"Påhittat nyckeltal {i}" for i in range(1, 4)}
PAGE = 40


class _Kolada(BaseHTTPRequestHandler):
    """Answers in the form of API v3: made-up figures, 40 rows a page, 400 for more than 25 ids."""

    def do_GET(self) -> None:
        """One answer; every call is written down in ``server.calls``."""
        parts, query = urlsplit(self.path).path.strip("/").split("/"), parse_qs(urlsplit(self.path).query)
        self.server.calls.append(self.path)
        if self.server.failing:
            self.server.failing -= 1
            self.answer(503, {"error": "busy"})
        elif any(len(part.split(",")) > 25 for part in parts):
            self.answer(400, {"error": "at most 25"})
        elif parts[1] == "kpi":
            self.answer(200, {"values": [{"id": k, "title": TITLES[k]} for k in parts[2].split(",") if k in TITLES]})
        elif self.server.answer_with is not None:
            self.answer(200, self.server.answer_with)
        else:
            self.data(parts, int(query.get("page", ["1"])[0]))

    def data(self, parts: list[str], page: int) -> None:
        years = parts[7].split(",") if len(parts) > 7 else ["2022", "2023"]
        rows = [
            {"kpi": k, "municipality": m, "period": int(y), "values": [
                {"gender": "T", "value": int(m) / 100 + int(y) - 2000, "count": 1, "status": ""},
                {"gender": "K", "value": -1.0, "count": 1, "status": ""}]}
            for k in parts[3].split(",") for m in parts[5].split(",") for y in years
        ]  # fmt: skip
        body = {"values": rows[(page - 1) * PAGE : page * PAGE], "count": len(rows)}
        if page * PAGE < len(rows):
            body["next_url"] = f"{self.server.base}/{'/'.join(parts[1:])}?page={page + 1}"
        self.answer(200, body)

    def answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """A loopback server that answers as Kolada does."""
    found = ThreadingHTTPServer(("127.0.0.1", 0), _Kolada)
    found.calls, found.failing, found.answer_with = [], 0, None
    found.base = f"http://127.0.0.1:{found.server_port}/v3"
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


CODES = [f"{code:04d}" for code in range(1700, 1760)]


def test_pages_and_batches(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    """60 municipalities are asked for in threes of 25, and every page is followed: each value once."""
    figures = Kolada(tmp_path, api=server.base, pause=0).figures(["N00001"], CODES)
    whole = [f for f in figures if f.gender == "T"]
    assert len({(f.municipality, f.period) for f in whole}) == len(whole) == 120
    assert whole[0] == Figure("N00001", "Påhittat nyckeltal 1", "1700", 2022, "T", 39.0)
    asked = [call for call in server.calls if "/data/" in call]
    assert len(asked) == 5 and "page=2" in asked[1]


def test_answers_are_kept_and_replayed(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    """The second time nothing is asked; offline what is kept is used, and what is not kept is an error."""
    first = Kolada(tmp_path, api=server.base, pause=0).figures(["N00001", "N00002"], CODES, [2020, 2021])
    calls = len(server.calls)
    again = Kolada(tmp_path, api=server.base, pause=0, offline=True).figures(["N00001", "N00002"], CODES, [2020, 2021])
    assert again == first and len(server.calls) == calls
    with pytest.raises(FetchError, match="network is not to be used"):
        Kolada(tmp_path, api=server.base, offline=True).figures(["N00003"], CODES)


def test_a_busy_server_is_asked_again(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    """Two 503 are waited out; a refusal is not asked again and names the status."""
    server.failing = 2
    assert Kolada(tmp_path, api=server.base, pause=0.001).titles(["N00001"]) == {"N00001": "Påhittat nyckeltal 1"}
    server.failing = 9
    with pytest.raises(FetchError, match="status 503"):
        Kolada(tmp_path / "other", api=server.base, pause=0.001).titles(["N00001"])


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"values": "none"}, "no list 'values'"),
        ({"values": [{"kpi": "N00001"}]}, "lacks kpi"),
        ({"values": [], "next_url": "https://elsewhere.example/v3"}, "another host"),
        ([1], "not an object"),
    ],
)
def test_other_answers_are_errors(server: ThreadingHTTPServer, tmp_path: Path, body: object, sentence: str) -> None:
    """What is not Kolada's form is one clear error with the address in it, and nothing else is fetched."""
    server.answer_with = body
    with pytest.raises(InputError, match=sentence):
        Kolada(tmp_path, api=server.base, pause=0).figures(["N00001"], ["2083"])


def test_unknown_key_figures(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    """An id that is none, and one that Kolada does not have, are told apart."""
    client = Kolada(tmp_path, api=server.base, pause=0)
    with pytest.raises(UsageError, match="letter and digits"):
        client.figures(["staff"], ["2083"])
    with pytest.raises(UsageError, match="no key figure N99999"):
        client.figures(["N99999"], ["2083"])


def test_pages_that_lead_back(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    """A next page that was read already ends with an error instead of never."""
    server.answer_with = {"values": [], "next_url": f"{server.base}/data/again"}
    with pytest.raises(InputError, match="lead back"):
        Kolada(tmp_path, api=server.base, pause=0).figures(["N00001"], ["2083"])


def test_the_join_names_its_source(tmp_path: Path) -> None:
    """The latest known value stands beside each rate as 'Källa: Kolada'; what is reckoned from it is called our own."""
    places = [f"{code}" for code in ("0114", "0115", "0117", "0120", "0123", "0125", "0126", "0127", "0128", "0136")]
    documents = [
        analysis(f"{p}-{i}", p, (Said("Chefen har slutat.", "staffing" if i < n else "routines"),))
        for n, p in enumerate(places) for i in range(9)
    ]  # fmt: skip
    figures = [
        Figure("N00001", "Omsättning", p, y, "T", n * 2.0, "") for n, p in enumerate(places) for y in (2021, 2023)
    ]
    figures += [
        Figure("N00001", "Omsättning", places[0], 2024, "T", None),
        Figure("N00001", "", places[0], 2024, "K", 9.0),
    ]
    assert latest(figures)["N00001", places[0]].period == 2023
    joined = set_beside(compare(world(tmp_path, *documents))["comparison"], figures)
    rows = [row for row in joined.to_pylist() if row["theme"] == "staffing"]
    assert len(rows) == 10 and {row["source"] for row in rows} == {SOURCE} == {"Källa: Kolada"}
    (found,) = [row for row in associations(joined) if row["theme"] == "staffing"]
    assert found["rho"] == pytest.approx(1) and found["source"] == OWN and found["municipalities"] == 10


def test_the_command_joins_and_replays(server: ThreadingHTTPServer, sample_run: tuple, command: object) -> None:
    """'tillsyn compare --kolada N00001' prints the source, keeps the answers, and works offline afterwards."""
    asked = (
        "compare",
        "--workspace",
        sample_run[0],
        "--county",
        "20",
        "--kolada",
        "N00001",
        "--kolada-api",
        server.base,
    )
    done = command(*asked)
    assert done.returncode == 0, done.stderr
    assert "Källa: Kolada" in done.stdout and "Påhittat nyckeltal 1" in done.stdout
    server.failing = 99
    again = command(*asked, "--offline", "--json")
    assert again.returncode == 0, again.stderr
    assert {row["source"] for row in json.loads(again.stdout)["kolada"]} == {"Källa: Kolada"}
