"""Optimizely (EPiServer): IVO, Arbetsmiljöverket, IMY, Socialstyrelsen and some municipalities."""

from __future__ import annotations

from pipeline.extract.cms.variant import Variant

MARKERS = (
    "episerver",
    "/globalassets/",
    "/siteassets/",
    "/contentassets/",
    "epi-",
    "/link/",
    "/episerver/",
    "optimizely",
    "data-epi",
)
STRONG = ("/globalassets/", "/siteassets/", "/contentassets/", "episerver", "data-epi", "optimizely")

_DROP = (
    ".page-tools",
    ".page-actions",
    ".article-tools",
    ".block.newslistblock",
    ".newslist",
    ".related-block",
    ".contact-block",
    ".page-footer-info .feedback",
    ".readspeaker",
    ".EPiServerForms",
    ".EPiForm",
    ".xform",
)
_DATES = (
    ".page-date",
    ".article-date",
    ".publish-date",
    ".published",
    ".date",
    ".page-info",
    ".article__meta",
    ".meta",
)

VARIANTS = (
    Variant(
        "optimizely",
        regions=(
            "main article",
            "#main-content article",
            "article.article",
            "main .main-content",
            "main #content",
            "#main-content",
            "#maincontent",
            "#MainContent",
            "main .main-body",
            ".article-page",
            ".main-body",
            ".maincontent",
            "main",
            "article",
            "[role=main]",
            "#content",
        ),
        drop=_DROP,
        dates=_DATES,
    ),
)
