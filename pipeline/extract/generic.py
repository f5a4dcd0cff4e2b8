"""The content of a page of no known make: its semantic region, or the node that holds most of its prose.

A candidate beside trafilatura's: ``content`` chooses between them.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.region import Region, select, text_length

_SEMANTIC = (
    "main article",
    "main",
    "[role=main]",
    "article",
    "#main-content",
    "#maincontent",
    "#content",
    "#main",
    ".main-content",
    ".content",
)
_LEAST = 200
_COVERS = 0.6
_CLIMB = 0.85
_PROSE = 60
_CHROME = frozenset(
    ("nav", "header", "footer", "aside", "form", "script", "style", "noscript", "select", "button", "a")
)
_MOST = 4_000


def _is_chrome(node: LexborNode) -> bool:
    above: LexborNode | None = node
    for _ in range(40):
        if above is None or above.tag in ("body", "html", "main", "article"):
            return False
        if above.tag in _CHROME:
            return True
        above = above.parent
    return False


def _prose(tree: LexborHTMLParser) -> list[tuple[LexborNode, int]]:
    """Paragraphs, cells and list items with sentences of their own, and how long they are."""
    found: list[tuple[LexborNode, int]] = []
    for node in tree.css("p, td, li, blockquote, dd, div")[:_MOST]:
        own = node.text(deep=node.tag in ("p", "blockquote"), strip=True)
        if len(own) >= _PROSE and not _is_chrome(node):
            found.append((node, len(own)))
    return found


def _ancestors(node: LexborNode) -> list[LexborNode]:
    found: list[LexborNode] = []
    above = node.parent
    while above is not None and above.tag not in ("html", "-document") and len(found) < 60:
        found.append(above)
        above = above.parent
    return found


def _densest(prose: list[tuple[LexborNode, int]]) -> LexborNode | None:
    """The lowest node that holds 85 % of the prose."""
    whole = sum(length for _, length in prose)
    held: dict[int, int] = {}
    nodes: dict[int, tuple[LexborNode, int]] = {}
    for node, length in prose:
        chain = _ancestors(node)
        for height, above in enumerate(chain):
            held[above.mem_id] = held.get(above.mem_id, 0) + length
            nodes[above.mem_id] = (above, len(chain) - height)
    enough = [key for key, length in held.items() if length >= _CLIMB * whole]
    return nodes[max(enough, key=lambda key: nodes[key][1])][0] if enough else None


def _short(tree: LexborHTMLParser) -> Region | None:
    """Of a page without prose (a listing) the part that is marked up as its content."""
    for selector in ("main", "[role=main]"):
        nodes = select(tree, selector)
        if len(nodes) == 1 and text_length(nodes) >= _PROSE:
            return Region((nodes[0],), f"generic {selector}")
    return None


def marked(tree: LexborHTMLParser) -> Region | None:
    """The region that a page itself marks up as its content: one ``main`` or ``article`` with the page's only title."""
    titles = tree.css("h1")
    if len(titles) != 1:
        return None
    for selector in ("main article", "main", "[role=main]", "article"):
        nodes = select(tree, selector)
        if len(nodes) == 1 and nodes[0].css_first("h1") is not None and text_length(nodes) >= _LEAST:
            return Region((nodes[0],), f"generic {selector}")
    return None


def region(tree: LexborHTMLParser) -> Region | None:
    """The region that holds most of the page's prose; for a page without prose the marked one."""
    prose = _prose(tree)
    whole = sum(length for _, length in prose)
    if whole < _LEAST:
        return _short(tree)
    inside = [(length, {above.mem_id for above in _ancestors(node)} | {node.mem_id}) for node, length in prose]
    for selector in _SEMANTIC:
        nodes = select(tree, selector)
        if len(nodes) == 1 and sum(n for n, chain in inside if nodes[0].mem_id in chain) >= _COVERS * whole:
            return Region((nodes[0],), f"generic {selector}")
    best = _densest(prose)
    return Region((best,), "generic density") if best is not None and text_length((best,)) >= _LEAST else None
