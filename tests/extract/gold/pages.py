"""All gold pages: every look with every content that suits it."""

from __future__ import annotations

from gold.contents import contents
from gold.look import GoldPage
from gold.looks_quirks import QUIRKS
from gold.looks_seen import SEEN
from gold.looks_unseen import UNSEEN


def pages() -> list[GoldPage]:
    """The pages, in a fixed order."""
    found = []
    for number, look in enumerate((*SEEN, *UNSEEN, *QUIRKS)):
        for i, content in enumerate(contents()):
            if (i + number) % 10 >= (7 if not look.unseen else 5):
                continue
            host = f"www.{['norrby', 'sjohamra', 'ekmoberga', 'hagelov', 'tallvik'][number % 5]}.example"
            url = f"https://{host}/nyheter/{i}.html"
            markup = look.render(content, host).encode(look.encoding, "xmlcharrefreplace")
            found.append(GoldPage(look, url, markup, content))
    return found
