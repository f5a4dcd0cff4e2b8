"""Bad input gets one clear sentence and the right exit code; the rest of the run goes on."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]
PAGE = """<!doctype html><html lang="sv"><head><meta charset="{charset}">
<title>Socialtjänsten i Norrdala kritiseras</title></head><body><main><h1>Socialtjänsten i Norrdala kritiseras</h1>
<p>IVO riktar kritik mot socialnämnden i Norrdala kommun. Rutiner saknas för hur anmälningar ska tas emot.</p>
<p>Ledningen är otydlig och många medarbetare är sjukskrivna på grund av hög arbetsbelastning.</p>
</main></body></html>"""


def _run(command: Command, workspace: Path, *sources: Path) -> subprocess.CompletedProcess[str]:
    return command("run", "--workspace", workspace, "--from", *sources, "--json")


def test_a_folder_without_readable_files_is_said(command: Command, tmp_path: Path) -> None:
    """A folder that holds nothing readable ends with exit code 2 and a sentence that names it."""
    folder = tmp_path / "tom"
    folder.mkdir()
    (folder / "bild.png").write_bytes(b"\x89PNG")
    done = _run(command, tmp_path / "w", folder)
    assert done.returncode == 2
    assert f"{folder}: holds no readable file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_path_that_is_not_there_is_said(command: Command, tmp_path: Path) -> None:
    """A path that does not exist ends with exit code 2 and a sentence that names it."""
    done = _run(command, tmp_path / "w", tmp_path / "saknas")
    assert done.returncode == 2
    assert "saknas: there is no such file or folder" in done.stderr


def test_an_empty_file_is_counted_and_the_rest_goes_on(command: Command, tmp_path: Path) -> None:
    """Beside an empty file the good page is still read; the empty one is named and counted."""
    (tmp_path / "tom.html").write_bytes(b"")
    (tmp_path / "bra.html").write_text(PAGE.format(charset="utf-8"), "utf-8")
    done = _run(command, tmp_path / "w", tmp_path / "tom.html", tmp_path / "bra.html")
    summary = json.loads(done.stdout)
    assert done.returncode == 0
    assert summary["documents"] == 1
    assert sum(summary["skipped"].values()) == 1
    assert "tom.html" in done.stderr


def test_a_page_in_windows_1252_is_read(command: Command, tmp_path: Path) -> None:
    """A page in windows-1252 without a right declaration keeps its å, ä and ö."""
    file = tmp_path / "gammal.html"
    file.write_bytes(PAGE.replace('<meta charset="{charset}">', "").encode("cp1252"))
    done = command("inspect", file, "--json")
    document = json.loads(done.stdout)["document"]
    assert done.returncode == 0
    assert document["title"] == "Socialtjänsten i Norrdala kritiseras"
    assert "hög arbetsbelastning" in document["text"]


def test_a_page_in_another_language_is_marked_and_not_counted(command: Command, tmp_path: Path) -> None:
    """An English page is stored as of another language, gives no findings, and is said."""
    (tmp_path / "en.html").write_text(
        "<html lang='en'><title>Council criticised</title><main><h1>Council criticised</h1><p>The inspectorate found "
        "that the leadership was unclear and that there were no routines for the reports that came in to the "
        "department.</p><p>The work environment is poor and many of the staff have left their jobs.</p></main></html>"
    )
    done = _run(command, tmp_path / "w", tmp_path / "en.html")
    summary = json.loads(done.stdout)
    assert done.returncode == 0
    assert summary["findings"] == 0
    assert "en.html" in done.stderr


def test_a_missing_model_is_said(command: Command, tmp_path: Path) -> None:
    """A model folder without a model ends with exit code 5 and how to make one."""
    (tmp_path / "bra.html").write_text(PAGE.format(charset="utf-8"), "utf-8")
    done = command("inspect", tmp_path / "bra.html", "--model", tmp_path / "ingen")
    assert done.returncode == 5
    assert "there is no trained model here; make one with 'tillsyn train'" in done.stderr


def test_an_unwritable_workspace_is_said(command: Command, tmp_path: Path) -> None:
    """A workspace whose place is taken by a file ends with exit code 6 and a sentence that names it."""
    (tmp_path / "fil").write_text("x")
    done = _run(command, tmp_path / "fil" / "w", tmp_path / "fil")
    assert done.returncode == 6
    assert "the workspace cannot be written" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that root cannot write (immutable mount)")
def test_a_workspace_on_a_read_only_file_system_is_said(command: Command) -> None:
    """A workspace on a file system that takes no files (/proc) ends with exit code 6."""
    done = command("run", "--workspace", "/proc/tillsyn")
    assert done.returncode == 6
    assert "the workspace cannot be written" in done.stderr


def test_an_unknown_municipality_is_said(command: Command, tmp_path: Path) -> None:
    """A misspelt municipality ends with exit code 4 and the nearest names."""
    done = command("run", "--workspace", tmp_path / "w", "--municipality", "Hedemorra")
    assert done.returncode == 4
    assert "did you mean Hedemora" in done.stderr


def test_a_truncated_archive_gives_what_is_readable(command: Command, tmp_path: Path, root: Path) -> None:
    """A WARC that ends in the middle of a record gives the pages before it, and says where it breaks off."""
    whole = (root / "corpus" / "sample" / "sample.warc.gz").read_bytes()
    broken = tmp_path / "brutet.warc.gz"
    broken.write_bytes(whole[: len(whole) // 20])
    done = _run(command, tmp_path / "w", broken)
    summary = json.loads(done.stdout)
    assert done.returncode == 0
    assert summary["documents"] > 5
    assert "brutet" in done.stderr
