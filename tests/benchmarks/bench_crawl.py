"""Pages per second of the crawler beside a bare ``requests.Session`` loop, and its peak memory by number of pages.

40 hosts (loopback ports of one server process), no delay, pages of some 20 kB with 40 links each. The bare loop knows
all URLs beforehand and only reads them, with as many threads; the crawler finds them, checks robots.txt, parses,
digests, archives and keeps state. The two take turns, and the ratio is the median of those of their rounds: a machine
may be faster at one time than at another. Memory is that of the crawl and, behind the plus sign, of its largest helper
process. Run as a script: ``python tests/benchmarks/bench_crawl.py``.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import requests

HOSTS, THREADS, ROUNDS = 40, 16, 3
WORDS = (
    "nämnden",
    "granskning",
    "brister",
    "rutiner",
    "beslut",
    "socialtjänst",
    "ledning",
    "arbetsmiljö",
    "uppföljning",
)


def page(number: int, pages: int) -> bytes:
    """Page ``number`` of a site: 40 links around it, text of its own."""
    dice = random.Random(number)
    text = "".join(f"<p>{' '.join(dice.choice(WORDS) for _ in range(60))} {dice.random()}</p>" for _ in range(30))
    links = "".join(
        f'<li><a href="/sida/{(number + step) % pages}">Sida {number + step}</a></li>' for step in range(1, 41)
    )
    head = f"<!doctype html><html><head><title>Sida {number}</title></head>"
    return f"{head}<body><main>{text}<ul>{links}</ul></main></body></html>".encode()


def serve(pages: int, ports: Any) -> None:
    """Serve 40 hosts until killed."""
    import asyncio

    answers = {}
    for number in range(pages):
        body = page(number, pages)
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        head += f'ETag: "{number}"\r\nContent-Length: {len(body)}\r\n\r\n'
        answers[f"/sida/{number}"] = head.encode() + body
    robots = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 24\r\n\r\nUser-agent: *\nDisallow:\n"
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    class Server(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.buffer = transport, b""

        def data_received(self, data: bytes) -> None:
            self.buffer += data
            while b"\r\n\r\n" in self.buffer:
                head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                self.transport.write(robots if path == "/robots.txt" else answers.get(path, missing))

    async def main() -> None:
        sockets = [socket.create_server(("127.0.0.1", 0), backlog=128) for _ in range(HOSTS)]
        for sock in sockets:
            await asyncio.get_running_loop().create_server(Server, sock=sock)
        ports.put([s.getsockname()[1] for s in sockets])
        await asyncio.Event().wait()

    asyncio.run(main())


def bare(urls: list[str]) -> float:
    """Seconds that threads need to GET all URLs, one session each, and read the bodies."""
    todo: SimpleQueue[str] = SimpleQueue()
    for url in urls:
        todo.put(url)

    def work() -> None:
        with requests.Session() as session:
            while True:
                try:
                    assert session.get(todo.get_nowait(), timeout=20).content
                except Empty:
                    return

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


CRAWL = """
import resource, sys, time
from pathlib import Path
from pipeline.acquire import crawl
from pipeline.sources import load_sources
began = time.perf_counter()
summary = crawl(Path(sys.argv[1]), load_sources(Path(sys.argv[2])), allow_private=True, workers=int(sys.argv[3]))
seconds = time.perf_counter() - began
peaks = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(summary.fetched, seconds, *peaks)
"""
BARE = "import sys; sys.path.insert(0, sys.argv[1]); import bench_crawl as b; print(b.bare(sys.argv[2].split(' ')))"


def crawl(ports: list[int]) -> tuple[int, float, int, int]:
    """Pages fetched, seconds, and peak memory (MiB) of a crawl in a process of its own, and of its largest helper."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "ort.toml"
        tables = (
            f'[[source]]\nid = "ort-{port}"\ndelay = 0\nstart = ["http://127.0.0.1:{port}/sida/0"]\n' for port in ports
        )
        source.write_text("\n".join(tables), "utf-8")
        command = [sys.executable, "-c", CRAWL, str(Path(folder) / "workspace"), str(source), str(THREADS)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    fetched, seconds, peak, helper = done.stdout.split()
    return int(fetched), float(seconds), int(peak), int(helper)


def measure(pages: int) -> tuple[float, float, float, str]:
    """Pages per second, bare and crawled, their ratio (medians of rounds), and peak memory (MiB), for 40 sites of
    ``pages`` pages."""
    ports: Any = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(pages, ports), daemon=True)
    server.start()
    numbers = ports.get(timeout=60)
    urls = [f"http://127.0.0.1:{port}/sida/{n}" for n in range(pages) for port in numbers]
    command = [sys.executable, "-c", BARE, str(Path(__file__).parent), " ".join(urls)]
    rates: dict[str, list[float]] = {"bare": [], "crawl": []}
    peak = helper = 0
    for _ in range(ROUNDS):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rates["bare"].append(len(urls) / float(done.stdout))
        fetched, seconds, *memory = crawl(numbers)
        assert fetched >= len(urls), f"{fetched} of {len(urls)} pages"
        rates["crawl"].append(fetched / seconds)
        peak, helper = max(peak, memory[0]), max(helper, memory[1])
    server.terminate()
    server.join()
    ratios = [ours / plain for plain, ours in zip(rates["bare"], rates["crawl"], strict=True)]
    plain, ours, ratio = map(statistics.median, (rates["bare"], rates["crawl"], ratios))
    return plain, ours, ratio, f"{peak} + {helper}"


def main() -> None:
    """Print the table."""
    print(f"{os.cpu_count()} cores, {HOSTS} hosts, {THREADS} threads, no delay")
    print(f"{'pages':>8} {'bare/s':>8} {'crawl/s':>8} {'ratio':>6} {'peak MiB':>9}")
    for pages in (25, 100):
        plain, ours, ratio, peak = measure(pages)
        print(f"{pages * HOSTS:>8} {plain:>8.0f} {ours:>8.0f} {ratio:>6.2f} {peak:>9}")


if __name__ == "__main__":
    main()
