"""Which CMS made a page, and what its content looks like there: one small module per CMS."""

from __future__ import annotations

import re
from types import ModuleType

from pipeline.extract.cms import drupal, optimizely, sitevision, umbraco, wordpress
from pipeline.extract.cms.variant import Variant

KNOWN: dict[str, ModuleType] = {
    "sitevision": sitevision,
    "wordpress": wordpress,
    "drupal": drupal,
    "optimizely": optimizely,
    "umbraco": umbraco,
}
_GENERATOR = re.compile(
    r"<meta[^>]{0,40}name=[\"']?generator[\"']?[^>]{0,20}content=[\"']([^\"'>]{1,80})", re.IGNORECASE
)
_GENERATED_BY = {
    "sitevision": "sitevision",
    "wordpress": "wordpress",
    "drupal": "drupal",
    "umbraco": "umbraco",
    "episerver": "optimizely",
    "optimizely": "optimizely",
    "municipio": "wordpress",
}
_SCANNED = 400_000

__all__ = ["KNOWN", "Variant", "detect", "variants"]


def detect(markup: str) -> str | None:
    """Name of the CMS that made this page ('sitevision', 'optimizely' …), None where no mark of one is found.

    A generator meta tag decides; else the CMS with most marks, of which one must be a strong one.
    """
    if generator := _GENERATOR.search(markup, 0, 20_000):
        named = generator[1].lower()
        if found := next((cms for word, cms in _GENERATED_BY.items() if word in named), None):
            return found
    lowered = markup[:_SCANNED].lower()
    scores = {name: _score(module, lowered) for name, module in KNOWN.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else None


def _score(module: ModuleType, lowered: str) -> int:
    strong = sum(mark in lowered for mark in module.STRONG)
    return strong * 2 + sum(mark in lowered for mark in module.MARKERS) if strong else 0


def variants(cms: str) -> tuple[Variant, ...]:
    """The looks of a CMS, newest first."""
    found: tuple[Variant, ...] = KNOWN[cms].VARIANTS
    return found
