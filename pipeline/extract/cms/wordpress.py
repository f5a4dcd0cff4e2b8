"""WordPress: the Municipio theme of many municipalities, an older theme, and the editor's own classes."""

from __future__ import annotations

from pipeline.extract.cms.variant import Variant

MARKERS = ("/wp-content/", "/wp-includes/", "wp-json", "wordpress", "municipio", "wp-block-", "single-post__content")
STRONG = ("/wp-content/", "/wp-includes/", "wp-json", "municipio", "wp-block-")

_DROP = (
    ".c-breadcrumb",
    ".c-signature",
    ".o-grid .sidebar-right",
    ".sharedaddy",
    ".jp-relatedposts",
    ".wp-caption-text",
    ".wp-block-buttons",
    ".accessibility-items",
    ".c-comment",
    "#comments",
    ".post-navigation",
    ".nav-links",
    ".entry-footer .tags-links",
    ".u-print-display--none",
    ".wp-element-caption",
    ".addtoany_share_save_container",
    ".yarpp",
    ".author-box",
)
_DATES = (
    ".c-article__meta",
    ".c-signature",
    ".article-published",
    ".c-date",
    ".post-meta",
    ".entry-meta",
    ".posted-on",
    ".page-updated",
    "ul.article-timestamps",
    ".single-post__meta",
    ".publish-info",
)

VARIANTS = (
    Variant(
        "municipio",
        regions=(
            "article#article.c-article",
            "article.c-article",
            "#main-content article",
            "article#article",
            ".c-article",
        ),
        drop=_DROP,
        title=("h1#page-title", "h1"),
        dates=_DATES,
        since=2019,
    ),
    Variant(
        "wordpress-older",
        regions=("#post-content.single-post__content", ".single-post__content", "#post-content"),
        drop=_DROP,
        title=("h1",),
        dates=_DATES,
    ),
    Variant(
        "wordpress",
        regions=(
            "main article",
            "article.post",
            "article.page",
            "article[id^='post-']",
            ".entry-content",
            ".post-content",
            ".wp-block-post-content",
            "#content article",
            "main",
            "article",
            "#content",
        ),
        drop=_DROP,
        dates=_DATES,
    ),
)
