"""The baton: one thread computes at a time, and nothing depends on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from pipeline.acquire import baton as module
from pipeline.acquire.baton import Baton


def _within(seconds: float, work: Callable[[], object]) -> bool:
    """Whether another thread is done with some work within the time."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def _enter(baton: Baton) -> Callable[[], None]:
    def enter() -> None:
        with baton:
            pass

    return enter


@pytest.fixture
def baton(monkeypatch: pytest.MonkeyPatch) -> Baton:
    """A baton that is waited for until the end of the test."""
    monkeypatch.setattr(module, "_PATIENCE", 30)
    return Baton()


def test_one_computes_at_a_time(baton: Baton) -> None:
    """While a thread is in the block, and not after it, others wait; an error ends the block too."""
    with pytest.raises(RuntimeError), baton:
        assert not _within(0.1, _enter(baton))
        raise RuntimeError
    assert _within(5, _enter(baton))


def test_others_compute_while_one_waits(baton: Baton) -> None:
    """A thread that waits lets others in, however deep in its waiting, until all of it is over."""
    with baton:
        with baton.laid_down:
            assert _within(5, _enter(baton))
            with baton.laid_down:
                assert _within(5, _enter(baton))
            assert _within(5, _enter(baton)), "the outer waiting is not over"
        assert not _within(0.1, _enter(baton))


def test_waiting_outside_is_nothing_special(baton: Baton) -> None:
    """A thread that never took the baton neither gives nor takes it when it waits."""
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with baton:
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(10)
    with baton.laid_down:
        assert not _within(0.1, _enter(baton))
    leave.set()
    thread.join()
    assert _within(5, _enter(baton))


def test_a_thread_that_is_stuck_holds_nobody_up() -> None:
    """Who waits a quarter of a second goes on without the baton, and gives back only what it has."""
    baton = Baton()
    with baton:
        began = time.monotonic()
        assert _within(10, _enter(baton))
        assert time.monotonic() - began > 0.2
        assert _within(10, _enter(baton))
    assert _within(0.2, _enter(baton))
