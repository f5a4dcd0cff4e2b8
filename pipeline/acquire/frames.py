"""Messages between a crawl and its helper processes: a length, then as many bytes, over a socket."""

from __future__ import annotations

import socket
import struct

_HEAD = struct.Struct(">I")
_STEP = 1 << 16
_LONGEST = 1 << 27


def send(line: socket.socket, message: bytes) -> None:
    """Send a message. Raises OSError when the other side is gone."""
    line.sendall(_HEAD.pack(len(message)) + message)


def receive(line: socket.socket) -> memoryview | None:
    """The next message; None when the other side has ended. On a line questions and answers take turns.

    Raises EOFError when the other side ends inside of a message, ValueError for bytes that are no message, OSError
    as sockets do.
    """
    data = line.recv(_STEP)
    if not data:
        return None
    while len(data) < _HEAD.size:
        data += _more(line, _HEAD.size - len(data))
    missing = _HEAD.size + _HEAD.unpack_from(data)[0] - len(data)
    if not 0 <= missing <= _LONGEST:
        raise ValueError(f"a message that lacks {missing} bytes")
    pieces = [data]
    while missing:
        pieces.append(_more(line, missing))
        missing -= len(pieces[-1])
    return memoryview(b"".join(pieces))[_HEAD.size :]


def _more(line: socket.socket, size: int) -> bytes:
    data = line.recv(min(size, _STEP))
    if not data:
        raise EOFError("the other side ended inside of a message")
    return data
