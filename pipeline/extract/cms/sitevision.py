"""SiteVision: carries at least 113 of the 290 municipal sites, in an old look (tables, portlets) and a new one."""

from __future__ import annotations

from pipeline.extract.cms.variant import Variant

MARKERS = (
    "sv-layout",
    "sv-text-portlet",
    "sitevision",
    "sv-portlet",
    "sv-channel-item",
    "appregistry.registerinitialstate",
    "/images/18.",
    "/download/18.",
    "pagecontent",
)
STRONG = ("sv-text-portlet", "sitevision", "sv-layout", "appregistry.registerinitialstate")

_DROP = (
    ".env-assistive-text",
    ".env-link-icon",
    "div.contact",
    ".sv-archive-portlet",
    ".sv-channel-portlet",
    ".sv-image-portlet",
    ".sv-toolbox",
    ".sv-skip",
    ".sv-cookie",
    ".sv-search-portlet",
    ".sv-breadcrumbs-portlet",
    ".sv-template-asset .sv-menu",
    ".sol-top-navigation",
    ".sv-script-portlet .toolbar",
    ".env-breadcrumb",
    ".env-collapse-header .env-button-icon",
    ".sv-link-portlet",
    ".sv-linklist-portlet",
    ".env-alert",
    ".sv-decoration-content .env-badge",
    ".sv-form-portlet",
)
_DATES = (".sv-font-publicerad", ".sv-pagemeta", ".sol-published", ".sv-page-published", ".pubdate", ".sv-font-datum")

VARIANTS = (
    Variant(
        "sitevision-new",
        regions=(
            "main .pagecontent.sv-layout",
            ".pagecontent.sv-layout",
            "main [data-cid] .sv-text-portlet-content",
            "main .sv-text-portlet-content",
            "main.sv-layout",
            "main[id^='svid']",
            "main",
        ),
        drop=_DROP,
        dates=_DATES,
        since=2018,
    ),
    Variant(
        "sitevision-old",
        regions=(
            "#Mittenspalt",
            "#mittenspalt",
            "#Innehall",
            "#mainContent",
            "#content .sv-layout",
            "#pageContent",
            ".sv-text-portlet-content",
            "#content",
        ),
        drop=_DROP,
        dates=_DATES,
    ),
)
LISTS = ("li.sv-channel-item",)
