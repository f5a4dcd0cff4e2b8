"""Single fetches: over TLS, through a proxy, to more hosts than connections are kept for."""

from __future__ import annotations

import http.server
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.acquire import adapter
from pipeline.acquire.session import PoliteSession
from pipeline.errors import FetchError


@pytest.fixture
def session() -> Iterator[PoliteSession]:
    """A session that may call loopback addresses."""
    one = PoliteSession(allow_private=True)
    yield one
    one.close()


class _Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = f"<title>{self.path}</title>".encode() + bytes(200_000)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server with a certificate that it signed itself: its address, and the file of the certificate."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}", certificate
    server.shutdown()
    server.server_close()


def test_tls_is_verified(secure: tuple[str, Path], session: PoliteSession) -> None:
    """A certificate that nobody vouches for is refused by name, whatever host was fetched before."""
    for _ in range(2):
        with pytest.raises(FetchError, match="the server's certificate is not accepted"):
            session.fetch(f"{secure[0]}/a")


def test_pages_over_tls(secure: tuple[str, Path], session: PoliteSession) -> None:
    """Pages larger than any buffer come whole over a verified connection, which is used again."""
    session._session.verify = str(secure[1])
    for path in ("/a", "/b", "/c"):
        answer = session.fetch(secure[0] + path)
        assert (answer.status, answer.ip, answer.body.size) == (
            200,
            "127.0.0.1",
            len(f"<title>{path}</title>") + 200_000,
        )
        assert answer.body.head(9) == f"<title>{path}".encode()
        answer.body.close()
    (pool,) = session._adapter._of_host.values()  # type: ignore[attr-defined]
    assert pool.num_connections == 1


def test_a_proxy_of_the_environment(
    web: Any, reply: Any, session: PoliteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment names a proxy, it is asked for the page, and the page comes back as from the host."""
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    proxy = web(lambda request: reply(request.path.encode(), headers={"Location": "/x"}))
    monkeypatch.setenv("http_proxy", proxy.url("/"))
    answer = session.fetch("http://ort.example/sida?a=1")
    assert answer.body.read() == b"http://ort.example/sida?a=1"
    assert (answer.status, answer.header("location")) == (200, "/x")


def test_more_hosts_than_are_remembered(web: Any, reply: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host whose connection was closed in favour of another's is simply called again."""
    monkeypatch.setattr(adapter, "_HOSTS", 1)
    server = web(lambda request: reply(str(request.host).encode()), hosts=3)
    session = PoliteSession(allow_private=True)
    for _ in range(2):
        for host in range(3):
            assert session.fetch(server.url("/", host)).body.read() == str(host).encode()
    session.close()
