"""JSON on disk: UTF-8, readable, whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.errors import WorkspaceError


def write_json(out: Path, value: Any) -> Path:
    """Write ``value`` to ``out``. Raises WorkspaceError when it cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"{out}: cannot be written ({error.strerror or error}).") from error
    return out
