"""Datasette over ``tillsyn.db``: what its pages say, which questions wait ready, how it is started.

Datasette runs as a process of its own, on a file that it may only read, with the report beside it at ``/rapport/``.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import sys
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError, WorkspaceError
from pipeline.publish.exports.jsonfile import write_json

TIME_LIMIT = 3000  # milliseconds that one question may take
_QUERIES: dict[str, dict[str, str]] = {
    "sok": {
        "title": "Sök i meningarna",
        "description": "Ord söks i grundform och som led i sammansättningar: rutin hittar rutinerna och "
        'dokumentationsrutiner. Skriv AND, OR, NOT, "fras" eller början*.',
        "sql": "SELECT p.date, p.municipalities, p.text, d.title, d.source_url FROM passages_fts JOIN passages p "
        "ON p.id = passages_fts.rowid JOIN documents d ON d.id = p.document WHERE passages_fts MATCH :fraga "
        "ORDER BY bm25(passages_fts, 2.0, 1.0) LIMIT 100",
    },
    "problem_per_kommun": {
        "title": "Problem per kommun och tema",
        "description": "Andel av kommunens dokument som nämner problem, med 95 %-intervall.",
        "sql": "SELECT name, theme, documents, documents_with, rate, low, high, status FROM comparison WHERE "
        "period = 'all' AND polarity = 'problem' AND source_kind = 'all' AND attribution = 'all' AND theme = :tema "
        "AND documents > 0 ORDER BY rate IS NULL, rate DESC",
    },
    "citat": {
        "title": "Citat om ett tema i en kommun",
        "sql": "SELECT f.polarity, f.attribution, f.quote, d.date, d.title, d.source_url FROM findings f "
        "JOIN documents d ON d.id = f.document JOIN document_municipalities m ON m.document = d.id "
        "JOIN municipalities k ON k.code = m.municipality WHERE k.name = :kommun AND f.theme = :tema "
        "ORDER BY d.date DESC",
    },
    "vite": {
        "title": "Förelägganden med vite",
        "sql": "SELECT e.date, e.authority, e.amount, e.case_number, e.quote, d.source_url FROM events e "
        "JOIN documents d ON d.id = e.document WHERE e.kind IN ('injunction_with_fine', 'fine_imposed') "
        "ORDER BY e.amount DESC",
    },
    "aterkommande": {
        "title": "Kommuner där samma problem återkommer år efter år",
        "sql": "SELECT k.name, f.theme, count(DISTINCT substr(d.date, 1, 4)) AS years, "
        "count(DISTINCT d.id) AS documents FROM findings f JOIN documents d ON d.id = f.document "
        "JOIN document_municipalities m ON m.document = d.id "
        "JOIN municipalities k ON k.code = m.municipality WHERE f.polarity = 'problem' AND d.date IS NOT NULL "
        "GROUP BY 1, 2 HAVING years > 1 ORDER BY years DESC, documents DESC",
    },
}  # fmt: skip
_TABLES: dict[str, dict[str, Any]] = {
    "passages": {
        "title": "Meningar",
        "fts_table": "passages_fts",
        "fts_pk": "id",
        "searchmode": "raw",
        "facets": ["source_kind", {"array": "municipalities"}, {"array": "themes"}],
    },
    "findings": {"title": "Fynd", "facets": ["theme", "polarity", "attribution"], "label_column": "quote"},
    "events": {"title": "Händelser", "facets": ["kind", "authority"], "sort_desc": "date"},
    "documents": {
        "title": "Dokument",
        "facets": ["source_kind", "status", {"array": "municipalities"}],
        "label_column": "title",
        "sort_desc": "date",
    },
    "municipalities": {"title": "Kommuner", "facets": ["county_name", "skr_group_name"], "label_column": "name"},
    "themes": {"title": "Teman", "label_column": "label_sv"},
    "passages_fts": {"hidden": True},
}


def metadata(tables: str = "") -> dict[str, Any]:
    """What Datasette's pages say of the database: titles, licence, facets, ready questions."""
    return {
        "title": "Tillsyn",
        "description": "Vad brister om och om igen? Meningar, fynd och händelser ur offentliga dokument. "
        "Rapporten finns på /rapport/index.html.",
        "source": tables or "Tillsyn",
        "license": "CC BY 4.0",
        "license_url": "https://creativecommons.org/licenses/by/4.0/",
        "databases": {"tillsyn": {"tables": _TABLES, "queries": _QUERIES}},
    }


def is_loopback(host: str) -> bool:
    """Whether ``host`` is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def command(workspace: Path, *, host: str = "127.0.0.1", port: int = 8001, public: bool = False) -> list[str]:
    """The command that starts Datasette for a workspace; writes its metadata to ``workspace/datasette.json``.

    Raises WorkspaceError without a database, UsageError for an address that others reach without ``public``, or
    where Datasette is not installed.
    """
    database = workspace / "tillsyn.db"
    if not database.is_file():
        raise WorkspaceError(f"{database}: there is no database to serve; run 'tillsyn report' first.")
    if not (public or is_loopback(host)):
        raise UsageError(f"--host {host}: others can reach this address; add --public if that is what you want.")
    if importlib.util.find_spec("datasette") is None:
        raise UsageError("Datasette is not installed; install it with: pip install 'tillsyn[serve]'.")
    file = write_json(workspace / "datasette.json", metadata())
    arguments = ["serve", "--immutable", str(database), "--metadata", str(file), "--host", host, "--port", str(port)]
    if (workspace / "report" / "index.html").is_file():
        arguments += ["--static", f"rapport:{workspace / 'report'}"]
    arguments += ["--setting", "sql_time_limit_ms", str(TIME_LIMIT), "--setting", "default_page_size", "50"]
    return [sys.executable, "-m", "datasette", *arguments]
