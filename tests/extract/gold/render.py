"""Pieces of markup that several looks share: the content's blocks, dates in words, menus and the furniture of a page."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import groupby

from gold.contents import Content

MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
SHORT = ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
_MENU = (
    "Bygga, bo och miljö", "Omsorg och hjälp", "Utbildning och barnomsorg", "Uppleva och göra", "Trafik och infrastruktur",
    "Näringsliv och arbete", "Kommun och politik",
)  # fmt: skip
_UNDER = (
    "Ansök om bygglov", "Avfall och återvinning", "Vatten och avlopp", "Äldre", "Funktionsnedsättning", "Ekonomiskt bistånd",
    "Familj, barn och unga", "Förskola", "Grundskola", "Gymnasieskola", "Vuxenutbildning", "Bibliotek", "Idrott och motion",
    "Kollektivtrafik", "Lediga jobb", "Upphandling", "Budget och årsredovisning", "Diarium och arkiv", "Nämnder och styrelser",
)  # fmt: skip


def words(iso: str) -> str:
    """'2021-10-20' as '20 oktober 2021'."""
    year, month, day = iso.split("-")
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}"


def year_first(iso: str) -> str:
    """'2020-07-07' as IVO writes it: '2020 jul 07'."""
    year, month, day = iso.split("-")
    return f"{year} {SHORT[int(month) - 1]} {day}"


def menu(cls: str, deep: int = 3) -> str:
    """A menu of seven sections with ``deep`` links for each of their nineteen pages."""
    items = []
    for i, section in enumerate(_MENU):
        links = "".join(
            f'<li class="{cls}__sub"><a href="/{i}/{j}/{k}">{name}{"" if k == 0 else " – del " + str(k + 1)}</a></li>'
            for j, name in enumerate(_UNDER)
            for k in range(deep)
        )
        items.append(f'<li class="{cls}__item"><a href="/{i}">{section}</a><ul>{links}</ul></li>')
    return f'<ul class="{cls}">{"".join(items)}</ul>'


def script(name: str) -> str:
    """An inline script of a few kilobytes, as tag managers and component registries leave them."""
    rows = ",".join(
        f'"{name}.{i}":{{"id":"12.{i:032x}","state":{{"open":false,"label":"Visa mer {i}"}}}}' for i in range(40)
    )
    return (
        f"<script>window.{name}=window.{name}||{{{rows}}};(function(w,d){{w.dataLayer=[];}})(window,document);</script>"
    )


def _run(kind: str, texts: list[str], lead: str, table: str) -> str:
    items = [escape(text) for text in texts]
    if kind in ("item", "step"):
        tag = "ul" if kind == "item" else "ol"
        return f"<{tag}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{tag}>"
    if kind == "row":
        return _table(texts, table)
    wrap = {"h2": "<h2>{}</h2>", "h3": "<h3>{}</h3>", "quote": "<blockquote><p>{}</p></blockquote>", "lead": lead}
    return "\n".join(wrap.get(kind, "<p>{}</p>").format(item) for item in items)


def _table(rows: list[str], cls: str) -> str:
    cells = [[escape(cell) for cell in row.split(" | ")] for row in rows]
    head = "".join(f"<th>{cell}</th>" for cell in cells[0])
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells[1:])
    return f'<table class="{cls}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def plain_question(question: str, answer: str) -> str:
    """A question as heading, its answer as paragraph."""
    return f"<h3>{question}</h3><p>{answer}</p>"


def body(
    content: Content,
    lead: str = '<p class="ingress">{}</p>',
    table: str = "table",
    question: Callable[[str, str], str] = plain_question,
) -> str:
    """The blocks of a content as HTML, without its title."""
    out: list[str] = []
    pending = ""
    for kind, run in groupby(_nested(content.blocks), key=lambda block: block[0]):
        texts = [text for _, text in run]
        if kind == "list":
            out += texts
        elif kind == "question":
            pending = escape(texts[0])
        elif kind == "answer":
            out.append(question(pending, escape(texts[0])))
        else:
            out.append(_run(kind, texts, lead, table))
    return "\n".join(out)


def _nested(blocks: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Lists with an inner list become one block of finished markup."""
    if not any(kind == "inner" for kind, _ in blocks):
        return list(blocks)
    out: list[tuple[str, str]] = []
    for is_list, run in groupby(blocks, key=lambda block: block[0] in ("item", "inner")):
        rows = list(run)
        if not is_list:
            out += rows
            continue
        markup, inside = "", False
        for kind, text in rows:
            if kind == "inner":
                markup = (markup if inside else markup.removesuffix("</li>") + "<ul>") + f"<li>{escape(text)}</li>"
                inside = True
            else:
                markup += ("</ul></li>" if inside else "") + f"<li>{escape(text)}</li>"
                inside = False
        out.append(("list", f"<ul>{markup}{'</ul></li>' if inside else ''}</ul>"))
    return out
