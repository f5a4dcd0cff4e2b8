"""Search over the passages: words and their terms, the query language, SQLite and the static index."""
