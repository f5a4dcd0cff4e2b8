"""Umbraco: some municipalities; markup is each site's own, the media paths and grid classes are not."""

from __future__ import annotations

from pipeline.extract.cms.variant import Variant

MARKERS = ("umbraco", "umb-", "/media/", "umb-grid", "/umbraco/")
STRONG = ("umbraco", "umb-grid", "umb-block")

_DROP = (".umb-forms", ".umbraco-forms-form", ".contact-card", ".page-toolbar", ".news-list", ".related-content")
_DATES = (".page-date", ".news-date", ".page-info", ".article-info", ".updated", ".published", ".date")

VARIANTS = (
    Variant(
        "umbraco",
        regions=(
            "main article",
            "main .umb-grid",
            "main .umb-block-grid",
            "article .rte",
            ".umb-grid",
            ".umb-block-list",
            "main .content",
            "main",
            "article",
            "#main",
            "#content",
            "[role=main]",
        ),
        drop=_DROP,
        dates=_DATES,
    ),
)
