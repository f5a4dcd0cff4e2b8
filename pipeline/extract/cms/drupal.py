"""Drupal: some municipalities and authorities."""

from __future__ import annotations

from pipeline.extract.cms.variant import Variant

MARKERS = ("drupal", "/sites/default/files", "data-history-node-id", "views-row", "region-content", "field--name-body")
STRONG = ("drupal", "/sites/default/files", "data-drupal", "field--name-body")

_DROP = (
    ".field--name-field-contact",
    ".block-system-breadcrumb-block",
    ".links.inline",
    ".tabs",
    ".contextual",
    ".field--name-field-tags",
    ".block-views",
    ".view-related",
    ".node__links",
    ".field-name-field-contact",
    ".pane-share",
    ".field--name-field-image",
    ".field__label.visually-hidden",
)
_DATES = (
    ".node__meta",
    ".submitted",
    ".field--name-created",
    ".field--name-field-date",
    ".date-display-single",
    ".node-updated",
    ".changed",
)

VARIANTS = (
    Variant(
        "drupal-8",
        regions=(
            "main article.node--view-mode-full",
            "article[data-history-node-id]",
            "main article.node",
            "article.node",
            "main .region-content",
            ".region-content",
            "main",
        ),
        drop=_DROP,
        dates=_DATES,
        since=2016,
    ),
    Variant(
        "drupal-7",
        regions=("#content .node", ".node-full", "#block-system-main", "#content .content", "#content"),
        drop=_DROP,
        dates=_DATES,
    ),
)
