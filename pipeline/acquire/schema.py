"""The tables of ``crawl.sqlite``."""

from __future__ import annotations

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS urls (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  lane TEXT NOT NULL,
  source TEXT NOT NULL,
  role TEXT NOT NULL,
  rule TEXT NOT NULL,
  via INTEGER NOT NULL DEFAULT 0,
  origin TEXT NOT NULL DEFAULT '',
  hops INTEGER NOT NULL DEFAULT 0,
  depth INTEGER NOT NULL DEFAULT 0,
  off INTEGER NOT NULL DEFAULT 0,
  priority REAL NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'due',
  due REAL NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0,
  status INTEGER,
  reason TEXT NOT NULL DEFAULT '',
  etag TEXT NOT NULL DEFAULT '',
  last_modified TEXT NOT NULL DEFAULT '',
  lastmod TEXT,
  sha256 TEXT,
  warc TEXT,
  offset INTEGER,
  record_id TEXT,
  archived REAL,
  first REAL,
  fetched REAL,
  changed REAL,
  checks INTEGER NOT NULL DEFAULT 0,
  changes INTEGER NOT NULL DEFAULT 0,
  run INTEGER NOT NULL DEFAULT 0,
  verdict TEXT NOT NULL DEFAULT '',
  target TEXT NOT NULL DEFAULT '',
  anew INTEGER NOT NULL DEFAULT 0,
  fails INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS work ON urls (lane, state, priority DESC, id);
CREATE INDEX IF NOT EXISTS waiting ON urls (state, due);
CREATE TABLE IF NOT EXISTS shares (url INTEGER NOT NULL, source TEXT NOT NULL, PRIMARY KEY (url, source)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS robots (
  origin TEXT PRIMARY KEY, fetched REAL NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL, down_since REAL
);
CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, started REAL NOT NULL, ended REAL, summary TEXT,
  sources TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS resting (lane TEXT PRIMARY KEY, until REAL NOT NULL, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS declarations (source TEXT PRIMARY KEY, digest TEXT NOT NULL, rules TEXT NOT NULL DEFAULT '',
  hosts TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS yields (
  run INTEGER NOT NULL, source TEXT NOT NULL, time REAL NOT NULL, fetched INTEGER NOT NULL, unchanged INTEGER NOT NULL,
  failed INTEGER NOT NULL, blocked INTEGER NOT NULL, newest TEXT, shape TEXT NOT NULL DEFAULT '',
  alarms TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run, source)
);
"""
"""``urls`` one row a URL, ``shares`` the sources that have it beside its row's; ``robots`` one a robots.txt; ``runs``
one a crawl; ``declarations`` what each source last declared; ``yields`` what each source gave in each
crawl; ``resting`` the hosts that asked to be left alone until a time."""
_TEMPORARY = """
CREATE TEMP TABLE chosen (source TEXT PRIMARY KEY);
CREATE TEMP VIEW held AS
  SELECT source AS member, urls.* FROM urls
  UNION ALL SELECT shares.source AS member, urls.* FROM shares JOIN urls ON urls.id = shares.url;
"""
"""``chosen`` the sources of this crawl; ``held`` the rows of ``urls`` once for each source that has them."""
_ADDED = (
    ("urls", "anew", "INTEGER NOT NULL DEFAULT 0"),
    ("urls", "fails", "INTEGER NOT NULL DEFAULT 0"),
    ("declarations", "rules", "TEXT NOT NULL DEFAULT ''"),
    ("declarations", "hosts", "TEXT NOT NULL DEFAULT ''"),
)


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables, and give those of an earlier version the columns that they lack. Raises sqlite3.Error."""
    db.executescript(SCHEMA)
    for table, column, kind in _ADDED:
        if column not in {row[1] for row in db.execute(f"PRAGMA table_info({table})")}:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    db.executescript(_TEMPORARY)
