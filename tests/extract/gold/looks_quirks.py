"""Looks with the quirks of real sites, written last; measured before anything was mended for them (see the README of the gold)."""

from __future__ import annotations

from html import escape

from gold.contents import Content
from gold.look import Look
from gold.render import body, menu, script, words, year_first


def _hedemora(c: Content, host: str) -> str:
    """SiteVision, form and privacy text as plain paragraphs of the text portlet, image name as a line, contact before the title."""
    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)} - Hedby kommun - hedby.se</title><script>sv.PageContext={{isMobile:false}}</script></head><body class="sv-responsive">
<a class="sv-skip" href="#start">Hoppa direkt till innehållet</a><a href="/">Till startsidan</a><header><div class="sv-layout">{menu("sv-topmeny", 2)}</div></header>
<div class="sv-layout" id="svid10_7"><div class="sv-text-portlet"><div class="sv-text-portlet-content"><h2>Kontakta oss</h2><p>Kundtjänst<br/>0225-11 22 33</p></div></div></div>
<main class="pagecontent sv-layout"><div class="sv-text-portlet sv-use-margins"><div class="sv-text-portlet-content"><h1 class="heading">{escape(c.title)}</h1><p>stadshuset_web.jpg</p>
{body(c, lead='<p class="normal"><strong>{}</strong></p>')}<p class="normal">Information om hur Hedby kommun behandlar dina personuppgifter enligt dataskyddsförordningen finns på www.hedby.example under Dataskydd. Du kan också ringa kundtjänst, 0225-11 22 33.</p>
<p class="normal">Har du synpunkter på den här sidan, så hör gärna av dig.<br/>Fyll i formuläret så når synpunkten den som ansvarar för sidan.</p></div></div>
<div class="sv-formmodule-portlet"><p>Ditt namn:</p><input><p>Din e-postadress:</p><input><p>Din synpunkt:</p><textarea></textarea></div><p class="sv-sidinfo">Sida uppdaterad {c.updated or ""}</p><p><a href="#" onclick="print()">Skriv ut</a></p></main></body></html>"""


def _jsdate(c: Content, host: str) -> str:
    """SiteVision with spans everywhere, words cut by markup, a date filled by script, a JSON list beside the text."""
    html = body(c).replace(" och ", '<span class="x"> o</span><span>ch </span>')
    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)}</title><meta property="og:site_name" content="Älvnäs kommun"></head><body class="env-font-body sv-responsive">
<div data-cid="12.aa"><nav aria-label="Huvudmeny">{menu("n", 3)}</nav></div><main><div class="sv-layout sv-grid-main"><div data-cid="12.bb"><div role="region" aria-label="Krismeddelande"><p>Just nu: strömavbrott i Norra Älvnäs.</p></div></div>
<div id="Rubrik" class="sv-text-portlet"><div class="sv-text-portlet-content"><h1>{escape(c.title)}</h1></div></div><div id="Innehall" class="sv-text-portlet"><div class="sv-text-portlet-content">{html}</div></div>
<div class="sv-custom-module" data-cid="12.cc"><ul class="env-list"><li>Publicerad: <span id="pub-dat"></span></li></ul></div><div data-cid="12.dd"><h2>Dela</h2><a href="#f">Facebook</a> <a href="#t">X</a></div></div></main>
<script>AppRegistry.registerInitialState('12.ee', {{"articles":[{{"title":"Sopor hämtas senare","published":"2024-05-02"}},{{"title":"Ny lekplats","published":"2024-05-01"}}]}});</script></body></html>"""


def _epi_blocks(c: Content, host: str) -> str:
    """Optimizely with blocks: teaser blocks inside main after the text, an alert inside the article, dates with time."""
    published = (
        f'<span class="label">Publicerad</span> <time datetime="{c.published}">{words(c.published)} 09:12</time>'
        if c.published
        else ""
    )
    return f"""<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)} - Myndigheten</title><meta property="og:title" content="{escape(c.title)} - Myndigheten"><script src="/ClientResources/epi-quicknav.js"></script></head><body>
<header>{menu("header-nav", 2)}</header><main id="main"><article><div class="alert alert-info"><p>E-tjänsten är stängd i helgen.</p></div><header><p class="article-type">Pressmeddelande</p><h1>{escape(c.title)}</h1><p class="article-meta">{published}</p></header>
{body(c, lead='<p class="lead">{}</p>', table="table-responsive")}<section class="block factblock"><h2>Läs mer</h2><ul><li><a href="/link/aa.aspx">Om vår tillsyn</a></li><li><a href="/siteassets/rapport.pdf">Rapporten (pdf 1,2 MB)</a></li></ul></section>
<div class="block teaserblock"><h2><a href="/x">Fler beslut i veckan</a></h2><p><a href="/x">Vi har fattat beslut om fem andra kommuner</a></p></div><footer class="article-footer"><p>Senast granskad: {c.updated or ""}</p></footer></article></main><footer>Box 1</footer></body></html>"""


def _wp_kommun(c: Content, host: str) -> str:
    """WordPress with a page builder: nested divs, no article, author line, share buttons as text, related posts."""
    return f"""<!DOCTYPE html><html lang="sv-SE"><head><meta charset="UTF-8"><title>{escape(c.title)} » Skogsby kommun</title><meta property="article:published_time" content="{c.published or ""}"><link rel="stylesheet" href="/wp-content/plugins/elementor/a.css"></head><body class="elementor-page">
<div data-elementor-type="header">{menu("elementor-nav-menu", 2)}</div><div data-elementor-type="single-post" class="elementor"><div class="elementor-section"><div class="elementor-widget-theme-post-title"><h1 class="elementor-heading-title">{escape(c.title)}</h1></div>
<div class="elementor-widget-post-info"><ul><li>Av Webbredaktionen</li></ul></div><div class="elementor-widget-theme-post-content"><div class="elementor-widget-container">{body(c)}<p>Dela:</p></div></div></div>
<div class="elementor-widget-posts"><h2>Fler nyheter</h2><article><h3><a href="/1">Skolstart på måndag</a></h3></article><article><h3><a href="/2">Parken invigd</a></h3></article></div></div><div data-elementor-type="footer"><p>Telefon: 0500-00 00 00</p></div>{script("elementor")}</body></html>"""


def _drupal_old(c: Content, host: str) -> str:
    """Drupal 7 with block regions, the date as 'submitted', comments off, a print link inside the node."""
    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><meta name="Generator" content="Drupal 7 (http://drupal.org)"><title>{escape(c.title)} | Näsby</title></head><body class="html node-type-article"><div id="page"><div id="header">{menu("links", 2)}</div>
<div id="main-wrapper"><div id="content" class="column"><div class="section"><a id="main-content"></a><h1 class="title" id="page-title">{escape(c.title)}</h1><div class="tabs"><ul><li>Visa</li></ul></div><div class="region region-content"><div id="block-system-main" class="block"><div class="content">
<div id="node-12" class="node node-article node-full clearfix"><div class="meta submitted">Publicerad {words(c.published) if c.published else ""}</div><div class="content clearfix"><div class="field field-name-body">{body(c)}</div></div><ul class="links inline"><li class="print_html"><a href="/print/12">Utskriftsvänlig version</a></li></ul></div></div></div></div></div></div>
<div id="sidebar-first"><h2>Kontakt</h2><p>Socialkontoret, 0600-00 00 00</p></div></div><div id="footer">Näsby kommun</div></div></body></html>"""


def _umbraco_cards(c: Content, host: str) -> str:
    """Umbraco block list: text in several blocks, an accordion of buttons, date first in the page in IVO's form."""

    def item(q: str, a: str) -> str:
        return f'<div class="accordion-item"><h2 class="accordion-header"><button class="accordion-button collapsed" type="button" data-bs-toggle="collapse" aria-expanded="false" aria-controls="c1">{q}</button></h2><div id="c1" class="accordion-collapse collapse"><div class="accordion-body"><p>{a}</p></div></div></div>'

    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)} | Dalsjö kommun</title><link rel="preload" href="/media/abc123/logo.svg"><script src="/umbraco/lib/x.js"></script></head><body><header>{menu("main-menu", 2)}</header><main id="content"><div class="hero"><p class="date">{year_first(c.published) if c.published else ""}</p><h1>{escape(c.title)}</h1></div>
<div class="umb-block-list"><div class="block-text">{body(c, question=item)}</div><div class="block-cta"><a class="btn" href="/e">Till e-tjänsten</a></div><div class="block-contact contact-box"><h3>Kontakta oss</h3><p>Dalsjö kontaktcenter<br>0770-00 00 00</p></div></div></main><footer><p>Dalsjö kommun</p></footer></body></html>"""


def _tabloid(c: Content, host: str) -> str:
    """A newspaper: paragraphs in divs, adverts and a newsletter box between them, a byline, a paywall line."""
    parts = body(c, lead='<div class="lead"><p>{}</p></div>').split("\n")
    half = len(parts) // 2
    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)} - Åsbladet</title><meta property="og:type" content="article"><script type="application/ld+json">{{"@type":"NewsArticle","datePublished":"{c.published or ""}","dateModified":"{c.updated or ""}"}}</script></head><body>
<header>{menu("nav", 2)}</header><div class="page"><div class="article"><h1>{escape(c.title)}</h1><div class="byline"><span>Text: Nyhetsredaktionen</span></div>{"".join(parts[:half])}<div class="ad-slot">Annons</div><div class="newsletter-box"><p>Prenumerera på vårt nyhetsbrev.</p></div>{"".join(parts[half:])}
<div class="tags"><a href="/t/ivo">IVO</a> <a href="/t/kommun">Kommun</a></div><p>Tipsa oss!</p></div><div class="most-read"><h2>Mest läst</h2><ol><li><a href="/1">Brand i natt</a></li><li><a href="/2">Seger i derbyt</a></li></ol></div></div></body></html>"""


QUIRKS = (
    Look("sitevision-form-in-text", "sitevision", _hedemora, ("updated",), unseen=True),
    Look("sitevision-spans", "sitevision", _jsdate, (), unseen=True),
    Look("optimizely-blocks", "optimizely", _epi_blocks, ("published", "updated"), unseen=True),
    Look("wordpress-builder", "wordpress", _wp_kommun, ("published",), unseen=True),
    Look("drupal-7", "drupal", _drupal_old, ("published",), unseen=True),
    Look("umbraco-blocks", "umbraco", _umbraco_cards, ("published",), unseen=True),
    Look("unknown-tabloid", "", _tabloid, ("published", "updated"), unseen=True),
)
