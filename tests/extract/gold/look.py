"""A look: how one kind of site wraps a content, and which of its dates it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gold.contents import Content


@dataclass(frozen=True)
class Look:
    """``render(content, host)`` gives the page; ``shows`` are the dates it states; ``encoding`` of its bytes."""

    name: str
    cms: str
    render: Callable[[Content, str], str]
    shows: tuple[str, ...]
    encoding: str = "utf-8"
    unseen: bool = False


@dataclass(frozen=True)
class GoldPage:
    """One page with what must come out of it."""

    look: Look
    url: str
    html: bytes
    content: Content

    @property
    def published(self) -> str | None:
        """The publication date that the page states."""
        return self.content.published if "published" in self.look.shows else None

    @property
    def updated(self) -> str | None:
        """The date of the last change that the page states."""
        return self.content.updated if "updated" in self.look.shows else None
