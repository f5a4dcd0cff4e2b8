"""Who does the work: processes on this machine, or a Dask cluster; both speak concurrent.futures."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from pipeline.errors import UsageError
from pipeline.workflow.settings import Settings

PATIENCE = 20
"""Seconds that a cluster has to answer."""


class _Here(Executor):
    """Does the work at once in this process: for one segment, processes would only cost their start."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            if not isinstance(error, Exception):
                raise
            future.set_exception(error)
        return future


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("--cluster needs the extra 'cluster': pip install 'tillsyn[cluster]'.") from error
    try:
        client = Client(address, timeout=PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"{address}: no Dask scheduler answers there ({error}).") from error
    with client:
        yield client.get_executor()  # type: ignore[no-untyped-call]


@contextmanager
def executor(settings: Settings, tasks: int) -> Iterator[Executor]:
    """The executor for this many tasks. Raises UsageError when the cluster does not answer."""
    if settings.cluster:
        with _dask(settings.cluster) as remote:
            yield remote
    elif settings.workers <= 1 or tasks <= 1:
        with _Here() as here:
            yield here
    else:
        # 'spawn': the parent has threads (DuckDB, progress) that a forked child must not inherit half-way.
        with ProcessPoolExecutor(min(settings.workers, tasks), mp_context=get_context("spawn")) as pool:
            yield pool
