"""Key figures of Swedish municipalities from Kolada, API version 3.

``https://api.kolada.se/v3/data/kpi/<ids>/municipality/<codes>/year/<years>``: at most 25 values a
part, up to 5,000 rows a page, the next page under ``next_url``. Every answer is kept in a folder
by its URL, so that a join can be made again without network (``offline``). Kolada asks to be
named: 'Källa: Kolada', for its figures as they are, never for what others made of them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from pipeline.acquire.limits import USER_AGENT
from pipeline.errors import FetchError, InputError, UsageError

API = "https://api.kolada.se/v3"
SOURCE = "Källa: Kolada"
BATCH = 25
PAGE = 5000
TRIES = 3
_TIMEOUT = (10.0, 60.0)
_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one key figure: ``gender`` is T (all), K (women) or M (men); ``period`` a year.

    ``value`` is None where Kolada has none (missing, or too small a base: ``status`` says which).
    """

    kpi: str
    title: str
    municipality: str
    period: int
    gender: str
    value: float | None
    status: str = ""


def _batches(values: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(values), BATCH):
        yield ",".join(values[start : start + BATCH])


class Kolada:
    """A client of the API that asks politely and keeps every answer below ``cache``.

    ``offline``: only what is kept is used. ``adapter`` replaces the network (a replay of an
    archive). ``pause`` is in seconds between requests. Raises FetchError when an answer is not to
    be had, InputError for an answer that is not Kolada's.
    """

    def __init__(
        self, cache: Path, *, api: str = API, offline: bool = False, adapter: BaseAdapter | None = None,
        pause: float = 0.3,
    ) -> None:  # fmt: skip
        self.cache, self.api, self.offline, self.pause = cache, api.rstrip("/"), offline, pause
        self.session = requests.Session()
        self.session.headers["User-Agent"] = USER_AGENT
        self.session.headers["Accept"] = "application/json"
        if adapter is not None:
            self.session.mount("https://", adapter)
            self.session.mount("http://", adapter)

    def titles(self, kpis: Sequence[str]) -> dict[str, str]:
        """The Swedish titles of key figures by id. Raises UsageError for an id that Kolada does not know."""
        found: dict[str, str] = {}
        for ids in _batches(kpis):
            found |= {str(row.get("id")): str(row.get("title", "")) for row in self._rows(f"{self.api}/kpi/{ids}")}
        if unknown := [kpi for kpi in kpis if kpi not in found]:
            raise UsageError(f"Kolada has no key figure {', '.join(unknown)}; look it up at https://www.kolada.se.")
        return found

    def figures(
        self, kpis: Sequence[str], municipalities: Sequence[str], years: Sequence[int] = ()
    ) -> tuple[Figure, ...]:
        """All values of these key figures for these municipalities (codes), of ``years`` or of all years."""
        if bad := [kpi for kpi in kpis if not (kpi[:1].isalpha() and kpi[1:].isdigit())]:
            raise UsageError(f"'{bad[0]}' is not the id of a key figure; it is a letter and digits, as N00941.")
        titles = self.titles(kpis)
        spans = list(_batches([str(year) for year in years])) or [""]
        found: list[Figure] = []
        for ids in _batches(kpis):
            for places in _batches(municipalities):
                for span in spans:
                    url = f"{self.api}/data/kpi/{ids}/municipality/{places}" + (f"/year/{span}" if span else "")
                    for row in self._rows(f"{url}?per_page={PAGE}"):
                        found += _figures(row, titles, url)
        return tuple(found)

    def _rows(self, url: str) -> Iterator[dict[str, Any]]:
        """The rows of an answer and of all pages that follow it."""
        following: str | None = url
        seen: set[str] = set()
        while following:
            if following in seen or len(seen) >= _PAGES:
                raise InputError(f"{following}: Kolada's pages lead back to themselves; nothing more was read.")
            seen.add(following)
            answer = self._answer(following)
            yield from _values(answer, following)
            following = self._checked(answer.get("next_url"), following)

    def _checked(self, address: object, here: str) -> str | None:
        """The next page, which must lie on the same host as the API."""
        if not address:
            return None
        if urlsplit(str(address)).netloc.lower() != urlsplit(self.api).netloc.lower():
            raise InputError(f"{here}: the next page lies on another host ({address}); it was not fetched.")
        return str(address)

    def _file(self, url: str) -> Path:
        return self.cache / f"{hashlib.sha256(url.encode()).hexdigest()[:24]}.json"

    def _answer(self, url: str) -> dict[str, Any]:
        file = self._file(url)
        if file.exists():
            body = file.read_bytes()
        elif self.offline:
            raise FetchError(f"{url}: is not kept in {self.cache}, and the network is not to be used.")
        else:
            body = self._fetch(url)
        answer = _parsed(body, url)
        if not file.exists():
            self.cache.mkdir(parents=True, exist_ok=True)
            temporary = file.with_suffix(".tmp")
            temporary.write_bytes(body)
            temporary.replace(file)
        return answer

    def _fetch(self, url: str) -> bytes:
        reason = ""
        for turn in range(TRIES):
            time.sleep(self.pause * (1 if turn == 0 else 4**turn))
            try:
                answer = self.session.get(url, timeout=_TIMEOUT, allow_redirects=False)
            except requests.RequestException as error:
                reason = type(error).__name__
                continue
            if answer.status_code == 200:
                return answer.content
            reason = f"status {answer.status_code}"
            if answer.status_code not in (429, 500, 502, 503, 504):
                break
        raise FetchError(f"{url}: Kolada did not answer ({reason}).")


def _parsed(body: bytes, url: str) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise InputError(f"{url}: the answer is not JSON ({error}).") from error
    if not isinstance(answer, dict):
        raise InputError(f"{url}: the answer is not an object with 'values'.")
    return answer


def _values(answer: dict[str, Any], url: str) -> list[dict[str, Any]]:
    values = answer.get("values")
    if not isinstance(values, list) or not all(isinstance(row, dict) for row in values):
        raise InputError(f"{url}: the answer has no list 'values'.")
    return values


def _figures(row: dict[str, Any], titles: dict[str, str], url: str) -> list[Figure]:
    try:
        return [
            Figure(
                str(row["kpi"]), titles.get(str(row["kpi"]), ""), str(row["municipality"]), int(row["period"]),
                str(value.get("gender", "T")), None if value.get("value") is None else float(value["value"]),
                str(value.get("status") or ""),
            )
            for value in row["values"]
        ]  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{url}: a row of Kolada's answer lacks kpi, municipality, period or values.") from error
