"""A fragment of HTML as pieces: headings with level, paragraphs, lists, tables by row, quotes, question and answer.

BeautifulSoup reads the fragment; the page around it never comes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from pipeline.extract.building import Piece
from pipeline.extract.normalise import line
from pipeline.records import BlockKind

_SKIP = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "nav",
        "iframe",
        "object",
        "embed",
        "input",
        "select",
        "textarea",
        "dialog",
        "img",
        "video",
        "audio",
        "canvas",
        "map",
        "figcaption",
        "head",
        "title",
        "meta",
        "link",
        "math",
        "option",
        "datalist",
        "progress",
        "meter",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "ruby",
        "rt",
        "rp",
        "button",
        "output",
    ]
)
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_APART = frozenset(("a", "button", "time", "label"))
_STICKS = re.compile(r"[a-zåäö0-9.!?:][A-ZÅÄÖ]")
_DEEPEST = 200
_ANSWER = re.compile(r"\b(?:accordion|faq|collapse|expand|answer|svar|panel)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Context:
    kind: BlockKind = "paragraph"
    level: int = 0
    depth: int = 0


@dataclass(slots=True)
class _Writer:
    """Collects text until a block ends; remembers how much of it is link text."""

    pieces: list[Piece] = field(default_factory=list)
    links: list[float] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    linked: int = 0

    def text(self, text: str, in_link: bool, joint: bool = False) -> None:
        """Add running text; at a ``joint`` between two elements a space where the words would stick together."""
        if joint and self.buffer and _STICKS.fullmatch(self.buffer[-1][-1:] + text[:1]):
            self.buffer.append(" ")
        self.buffer.append(text)
        if in_link:
            self.linked += len(text.strip())

    def flush(self, context: _Context) -> None:
        text = line("".join(self.buffer))
        if text:
            self.pieces.append(Piece(context.kind, text, context.level))
            self.links.append(min(1.0, self.linked / len(text)))
        self.buffer.clear()
        self.linked = 0


@dataclass(frozen=True, slots=True)
class Fragment:
    """The pieces of a fragment; ``links[i]`` is the share (0-1) of the text of ``pieces[i]`` that is link text."""

    pieces: tuple[Piece, ...]
    links: tuple[float, ...]


def read(html: str) -> Fragment:
    """The pieces of a fragment of HTML. Nesting deeper than 200 elements is not followed."""
    writer = _Writer()
    _walk(BeautifulSoup(html, "lxml"), _Context(), writer)
    writer.flush(_Context())
    return Fragment(tuple(writer.pieces), tuple(writer.links))


def _walk(node: Tag, context: _Context, writer: _Writer, in_link: bool = False) -> None:
    if context.depth > _DEEPEST:
        return
    breaks = 0
    for child in node.children:
        if isinstance(child, NavigableString):
            if not isinstance(child, PreformattedString):
                writer.text(str(child), in_link, joint=child.previous_sibling is None)
                breaks = 0 if child.strip() else breaks
        elif isinstance(child, Tag) and child.name not in _SKIP:
            if child.name == "br":
                breaks += 1
                if breaks > 1:
                    writer.flush(context)
                writer.text(" ", False)
                continue
            breaks = 0
            _element(child, replace(context, depth=context.depth + 1), writer, in_link)


def _element(tag: Tag, context: _Context, writer: _Writer, in_link: bool) -> None:
    name = tag.name
    if name in _INLINE:
        apart = name in _APART and isinstance(tag.previous_sibling, Tag) and tag.previous_sibling.name in _APART
        if apart:
            writer.text(" ", False)
        _walk(tag, context, writer, in_link or name == "a")
        return
    writer.flush(context)
    if name in _HEADINGS:
        _heading(tag, context, writer)
    elif name == "table":
        _table(tag, context, writer)
    elif name == "dl":
        _definitions(tag, context, writer)
    else:
        inner = _inner(tag, context)
        _walk(tag, inner, writer, in_link)
        writer.flush(inner)


def _inner(tag: Tag, context: _Context) -> _Context:
    name = tag.name
    if name in ("ul", "ol"):
        return replace(context, level=context.level + 1 if context.kind == "list_item" else 0)
    if name == "li":
        return replace(context, kind="list_item")
    if name == "blockquote":
        return replace(context, kind="quote", level=0)
    if name == "summary":
        return replace(context, kind="question", level=0)
    if context.kind == "paragraph" and (name == "details" or _is_answer(tag)):
        return replace(context, kind="answer")
    return context


def _is_answer(tag: Tag) -> bool:
    """A panel that a heading or button opens: it says so by role, label or class."""
    attributes = tag.attrs
    if not attributes or (attributes.get("aria-labelledby") is None and attributes.get("role") != "region"):
        return False
    classes = attributes.get("class") or ()
    return attributes.get("role") == "region" or bool(_ANSWER.search(" ".join(classes)))


def _heading(tag: Tag, context: _Context, writer: _Writer) -> None:
    text = line(tag.get_text())
    button = tag.find(["button"]) if text else None
    opens = isinstance(button, Tag) and (button.has_attr("aria-expanded") or button.has_attr("aria-controls"))
    asks = opens and text.endswith("?")
    writer.buffer.append(text)
    writer.linked = sum(len(line(a.get_text())) for a in tag.find_all("a"))
    writer.flush(_Context("question" if asks else "heading", 0 if asks else _HEADINGS[tag.name], context.depth))


def _definitions(tag: Tag, context: _Context, writer: _Writer) -> None:
    for part in tag.find_all(["dt", "dd"]):
        if part.find_parent("dl") is not tag:
            continue
        text = line(part.get_text(" ")) if part.name == "dt" else ""
        if part.name == "dt":
            writer.buffer.append(text)
            writer.flush(_Context("question", 0, context.depth))
        else:
            inner = _Context("answer", 0, context.depth + 1)
            _walk(part, inner, writer)
            writer.flush(inner)


def _own_rows(table: Tag) -> Iterator[Tag]:
    for row in table.find_all("tr"):
        if row.find_parent("table") is table:
            yield row


def _cells(row: Tag) -> list[Tag]:
    return [cell for cell in row.children if isinstance(cell, Tag) and cell.name in ("td", "th")]


def _is_layout(table: Tag, rows: list[Tag]) -> bool:
    """A table that only places things: says so, has one column, or holds headings, lists or tables."""
    if table.get("role") in ("presentation", "none") or not rows:
        return True
    if max(len(_cells(row)) for row in rows) < 2:
        return True
    return table.find(["table", "h1", "h2", "form"]) is not None or len(table.find_all(["p", "div"])) > 6 * len(rows)


def _table(table: Tag, context: _Context, writer: _Writer) -> None:
    rows = list(_own_rows(table))
    if _is_layout(table, rows):
        _walk(table, context, writer)
        writer.flush(context)
        return
    caption = table.find("caption")
    if isinstance(caption, Tag):
        writer.buffer.append(caption.get_text(" "))
        writer.flush(context)
    for row in rows:
        cells = [line(_spaced(cell)) for cell in _cells(row)]
        writer.buffer.append(" | ".join(cell for cell in cells if cell))
        writer.flush(_Context("table_row", 0, context.depth))


def _spaced(tag: Tag) -> str:
    """The text of a cell with a space wherever a block or line break divides it, and none within a word."""
    parts: list[str] = []
    stack: list[PageElement] = [tag]
    while stack:
        node = stack.pop()
        if isinstance(node, Tag):
            if node.name in _SKIP:
                continue
            if node.name not in _INLINE:
                parts.append(" ")
            stack.extend(reversed(node.contents))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            parts.append(str(node))
    return "".join(parts)
