"""What one look of a CMS is: where its content lies and what inside it is not content. Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variant:
    """A dated look of a CMS.

    ``regions`` are tried in order; the first whose nodes hold enough text is the page's
    content (all matching nodes, in order). ``drop`` are selectors of what is not content
    inside a region; ``dates`` and ``title`` point at the page's own date line and title;
    ``since`` is the year from which the look was seen (0: not known).
    """

    name: str
    regions: tuple[str, ...]
    drop: tuple[str, ...] = ()
    title: tuple[str, ...] = ("h1",)
    dates: tuple[str, ...] = ()
    since: int = 0
