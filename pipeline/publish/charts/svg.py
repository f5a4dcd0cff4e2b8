"""A small builder of SVG: elements are written with everything escaped, numbers with one decimal."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

INK, MUTED, RULE, PAPER, ACCENT = "#1c2127", "#565e66", "#d8d5cc", "#ffffff", "#0f4c6b"
FONT = "'Tillsyn Sans', 'Source Sans 3', 'Liberation Sans', 'DejaVu Sans', Arial, sans-serif"
Value = str | float | int | None


def _value(value: str | float | int) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return _allowed(str(value))


def _allowed(content: str) -> str:
    """``content`` with spaces for the characters that XML cannot carry."""
    return "".join(c if (c >= " " and c not in "\ufffe\uffff") or c in "\t\n" else " " for c in content)


def element(name: str, *children: str, **attributes: Value) -> str:
    """One element. ``_`` in attribute names becomes ``-`` (``class_`` loses it); None leaves an attribute out.

    ``children`` must be made by this module (elements or ``text_node``): they are not escaped again.
    """
    pairs = (
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    head = f"<{name}{''.join(pairs)}"
    return f"{head}>{''.join(children)}</{name}>" if children else f"{head}/>"


def text_node(content: str) -> str:
    """Text for use inside an element, escaped; characters that XML forbids become spaces."""
    return escape(_allowed(content))


def text(x: float, y: float, content: str, size: float = 13, **attributes: Value) -> str:
    """A line of text with its baseline at ``y`` (CSS pixels)."""
    given: dict[str, Value] = {"x": float(x), "y": float(y), "font_size": size, "fill": INK, **attributes}
    return element("text", text_node(content), **given)


def title(content: str) -> str:
    """What a pointer or a screen reader is told about the element around it."""
    return element("title", text_node(content))


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = RULE, **attributes: Value) -> str:
    """A straight line."""
    given: dict[str, Value] = {"x1": float(x1), "y1": float(y1), "x2": float(x2), "y2": float(y2), "stroke": stroke}
    return element("line", **(given | attributes))


def link(href: str | None, *children: str, label: str | None = None) -> str:
    """``children`` inside a link, or as they are when there is no address."""
    if not href:
        return "".join(children)
    return element("a", *children, href=href, aria_label=label)


def document(width: float, height: float, parts: Iterable[str], *, name: str, description: str) -> Markup:
    """A whole drawing: ``name`` and ``description`` are read by screen readers. Safe to put in a page."""
    drawn = "".join(parts)
    body = element(
        "svg",
        title(name),
        element("desc", text_node(description)),
        drawn,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_value(float(width))} {_value(float(height))}",
        width=float(width),
        height=float(height),
        font_family=FONT,
        role="group" if "<a " in drawn else "img",
        aria_label=name,
    )
    return Markup(body)  # noqa: S704 - every part was escaped above
