"""Verbs of the stage 'classify': train a model, measure it, and read passages that other programs send."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

Model = Annotated[Path | None, typer.Option("--model", help="Modellens mapp (annars den som följer med).")]


def register(app: typer.Typer) -> None:
    """Add this module's verbs to ``app``."""
    app.command()(train)
    app.command()(evaluate)
    app.command()(classify)


def train(
    out: Annotated[Path, typer.Option("--out", help="Mappen som modellen skrivs till.")] = Path("models/tillsyn_sv"),
    annotations: Annotated[Path | None, typer.Option("--annotations", help="Mapp med märkta textställen.")] = None,
    encoder: Annotated[
        str | None,
        typer.Option("--encoder", help="Mapp eller namn på en språkmodell som ger textvektorer, eller e5."),
    ] = None,
) -> None:
    """Träna modellen på de märkta textställena; samma indata ger samma modell, byte för byte."""
    from pipeline.classify.training import train as run

    reader = run(out, annotations, encoder)
    sys.stderr.write(f"{reader.version}: {len(reader.space.names)} drag, skriven till {out}\n")


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD.jsonl", help="Märkta textställen att mäta mot.")],
    as_json: Annotated[bool, typer.Option("--json", help="Skriv alla siffror som JSON.")] = False,
    baseline: Annotated[bool, typer.Option(help="Mät också tf-idf med logistisk regression i samma körning.")] = True,
    against: Annotated[
        Path | None, typer.Option("--against", help="En annan läsares märkning av samma textställen: mät enigheten.")
    ] = None,
    model: Model = None,
) -> None:
    """Mät modellen mot märkta textställen: teman, polaritet, avsändare, med intervall."""
    if against is not None:
        from dataclasses import asdict

        from pipeline.classify.agreement import agreement

        sys.stdout.write(json.dumps(asdict(agreement(gold, against)), indent=1) + "\n")
        return
    from pipeline.classify.evaluation import evaluate as run
    from pipeline.classify.storage import component_folder, load_reader

    result = run(gold, load_reader(component_folder(model)), with_baseline=baseline)
    sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=1) + "\n" if as_json else _table(result))


def _table(result: dict[str, Any]) -> str:
    lines = [f"{result['gold']}  {result['passages']} textställen, {result['documents']} dokument  {result['model']}"]
    lines += [f"{key:28} {value}" for key, value in result.items() if isinstance(value, float)]
    lines += [f"{'tf-idf + LR ' + key:28} {value}" for key, value in result.get("baseline", {}).items()]
    lines.append(f"{'tema':20} precision  recall   F1      95 %            antal")
    for theme, row in result["themes"].items():
        precision, recall = (f"{row[key]:.3f}" if row[key] is not None else "  -  " for key in ("precision", "recall"))
        low, high = row["f1_interval"]
        lines.append(
            f"{theme:20} {precision:9}  {recall:7}  {row['f1']:.3f}  {low:.3f}-{high:.3f}   {row['support']:5}"
        )
    return "\n".join(lines) + "\n"


def classify(
    source: Annotated[Path, typer.Argument(metavar="IN.jsonl", help='Rader {"id", "text", "heading"?, "previous"?}.')],
    out: Annotated[Path, typer.Option("--out", metavar="OUT.jsonl", help="Filen som svaren skrivs till.")],
    model: Model = None,
) -> None:
    """Läs textställen utan sida: teman, polaritet och avsändare för varje rad."""
    from pipeline.classify.jsonl import classify_file
    from pipeline.classify.storage import component_folder, load_reader

    number = classify_file(source, out, load_reader(component_folder(model)))
    sys.stderr.write(f"{number} rader till {out}\n")
