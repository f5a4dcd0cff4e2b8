"""From declared sources to archived captures: the only package that opens a connection."""

from __future__ import annotations

from pipeline.acquire.crawling import crawl
from pipeline.acquire.limits import Limits
from pipeline.acquire.summary import Alarm, CrawlSummary, Failure

__all__ = ["Alarm", "CrawlSummary", "Failure", "Limits", "crawl"]
