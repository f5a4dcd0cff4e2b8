"""Looks written after the rules: the rules had not seen this markup when it was first measured."""

from __future__ import annotations

from html import escape

from gold.contents import Content
from gold.look import Look
from gold.render import body, menu, script, words, year_first


def _sitevision_2021(c: Content, host: str) -> str:
    """New SiteVision: no pagecontent, only data-cid portlets; the body split over several of them; dates in a list."""
    blocks = body(c, lead='<p class="sv-font-ingress-ny">{}</p>')
    return f"""<!DOCTYPE html><html lang="sv" class="sv-no-js sv-template-sida"><head><meta charset="utf-8"><title>{escape(c.title)} | Vänby kommun</title></head>
<body class="sv-responsive env-m-around--0"><div id="svid10_ab" class="sv-layout"><div class="sv-html-portlet sv-portlet"><a class="vb-skip-links" href="#inn">Gå direkt till innehåll</a></div>
<div class="sv-custom-module sv-vanby-meny" data-cid="12.9">{menu("vb-menu", 2)}</div><main><div class="sv-row sv-layout"><div class="sv-vertical sv-column-3">{menu("env-nav-sidenav", 1)}</div>
<div class="sv-vertical sv-layout sv-column-7"><div class="sv-custom-module sv-vanby-brodsmulor" data-cid="12.1"><nav aria-label="Brödsmulor"><ol><li>Start</li><li>Aktuellt</li></ol></nav></div>
<div class="sv-text-portlet sv-use-margins" data-cid="12.2"><div class="sv-text-portlet-content"><h1 class="vb-rubrik">{escape(c.title)}</h1></div></div>
<div class="sv-custom-module sv-vanby-lyssna" data-cid="12.3"><a href="#">Lyssna</a></div>
<div class="sv-text-portlet sv-use-margins" data-cid="12.4"><div class="sv-text-portlet-content">{blocks}</div></div>
<div class="sv-image-portlet" data-cid="12.5"><figure><img src="/images/18.5/a.jpg" alt="En gångväg"><figcaption>En gångväg i skymning.</figcaption></figure></div>
<div class="sv-custom-module sv-vanby-sidinfo" data-cid="12.6"><ul class="vb-sidinfo"><li>Publicerad: {c.published or ""}</li><li>Senast uppdaterad: {c.updated or ""}</li><li>Ansvarig för sidan: Kommunikation</li></ul></div></div>
<div class="sv-vertical sv-column-2"><div class="sv-text-portlet"><div class="sv-text-portlet-content"><h2>Kontakt</h2><p>Kundcenter<br>0600-11 22 33<br>info@vanby.example</p></div></div></div></div></main>
<footer><div class="sv-text-portlet"><div class="sv-text-portlet-content"><p>Vänby kommun<br>Torget 1</p></div></div></footer></div><script>AppRegistry.registerInitialState('12.9',{{"items":[]}});</script></body></html>"""


def _sitevision_2012(c: Content, host: str) -> str:
    """Old SiteVision: divs by position, headings as classed paragraphs' neighbours, related news below the text."""
    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="windows-1252"><title>{escape(c.title)} - Åkerö kommun</title><link href="/4.2b/1/SiteVision-spacing.css" rel="stylesheet"></head>
<body><div id="sidhuvud"><a href="/"><img alt="Till startsidan" src="/images/18.1/l.gif"></a></div><div id="meny">{menu("menytrad", 1)}</div>
<div id="innehall-omslag"><div class="sv-layout" id="svid10_44"><div id="svid94_1" class="sv-text-portlet"><div class="sv-text-portlet-content"><p class="brodsmula">Du är här: <a href="/">Start</a> / <a href="/ny">Nyheter</a></p></div></div></div>
<div class="pagecontent sv-layout"><div class="sv-text-portlet"><a class="sv-anchor" id="Rubrik"></a><div class="sv-text-portlet-content"><h1>{escape(c.title)}</h1></div></div>
<div class="sv-text-portlet"><div class="sv-text-portlet-content">{body(c, lead='<p class="ingress">{}</p>')}</div></div>
<div class="sv-text-portlet"><div class="sv-text-portlet-content"><p class="normal">Sidan uppdaterad: {words(c.updated) if c.updated else ""}</p><p>Innehållsansvarig: Webbredaktionen</p></div></div>
<div class="sv-archive-portlet"><h2>Nyhetsarkiv</h2><ul><li><a href="/a.4.1.html">Badplatserna är testade</a> 2012-06-14</li></ul></div></div></div><div id="sidfot">Åkerö kommun, 333 00 Åkerö, tel 0300-100 00</div></body></html>"""


def _av(c: Content, host: str) -> str:
    """Optimizely of an authority: main without article, preamble before the date, files as a definition-like list."""
    return f"""<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)} - Arbetsmiljöverket</title><meta name="description" content="x"></head><body class="pressreleasepage">
<a class="skip-link" href="#mainContent">Till sidans innehåll</a><div class="site-message"><p>Vår telefonväxel är stängd i eftermiddag.</p></div><header>{menu("mega", 3)}</header>
<main id="mainContent" role="main"><nav class="crumb-trail"><a href="/">Startsida</a><a href="/press">Press</a></nav><div class="l-page__content"><h1>{escape(c.title)}</h1>
<p class="date-line">{year_first(c.published) if c.published else ""}</p>{body(c, lead='<div class="preamble"><p>{}</p></div>', table="tbl")}
<div class="document-list"><ul><li><a href="/globalassets/filer/foreskrift.pdf">Inspektionsmeddelandet, pdf, 210 kB, öppnas i nytt fönster</a></li></ul></div>
<div class="page-review"><p>Senast uppdaterad {words(c.updated) if c.updated else ""}</p></div><div class="was-helpful"><h2>Hittade du informationen du sökte?</h2></div></div></main><footer>{menu("foot", 1)}</footer></body></html>"""


def _epi_table(c: Content, host: str) -> str:
    """Old EPiServer: ids in capitals, contact box before the title, an empty date label."""
    return f"""<html lang="sv"><head><meta http-equiv="content-type" content="text/html; charset=utf-8"><title>{escape(c.title)}</title><link rel="stylesheet" href="/Templates/EPiServer.css"></head><body>
<form name="aspnetForm" method="post" action="x.aspx" id="aspnetForm"><input type="hidden" name="__VIEWSTATE" value="{"wEPDwUK" * 60}"><div id="PageHeader">{menu("TopMenu", 1)}</div>
<div id="MainBodyArea"><div id="LeftMenu">{menu("SubMenu", 1)}</div><div id="MainContent"><div class="ContactBox"><h2>Kontaktinformation</h2><p>Lena Ström, förvaltningschef<br>Telefon: 0400-55 66 77</p></div>
<h1>{escape(c.title)}</h1><div class="introduction">{body(c, lead="<p>{}</p>").split("</p>")[0]}</p></div><div class="mainBody">{"</p>".join(body(c, lead="<p>{}</p>").split("</p>")[1:])}</div>
<div class="PageInfo">Publicerad: <span id="pub"></span></div><p><a href="/link/1234567890abcdef1234567890abcdef.aspx">Läs mer om hur vi arbetar</a></p></div></div><div id="Footer">Kommunen använder kakor</div></form></body></html>"""


def _municipio_4(c: Content, host: str) -> str:
    """A later Municipio: main, article without id, dates in a signature below the text, related cards."""
    return f"""<!DOCTYPE html><html lang="sv-SE"><head><meta charset="UTF-8"><title>{escape(c.title)} - Strandö kommun</title><meta property="og:title" content="{escape(c.title)}"><link rel="stylesheet" href="/wp-content/themes/municipio/dist/styleguide.css"></head>
<body class="no-js t-single"><div class="c-header__wrapper">{menu("c-nav__list", 2)}</div><div class="o-container"><nav class="c-breadcrumbs" aria-label="Brödsmulor"><span>Hem</span></nav><main id="main-content"><article class="c-article c-article--readable-width">
<div class="c-typography"><h1 class="c-typography c-typography__variant--h1">{escape(c.title)}</h1></div>{body(c, lead='<div class="lead">{}</div>')}
<div class="c-signature"><div class="c-signature__published">Publicerad: {words(c.published) if c.published else ""}</div><div class="c-signature__updated">Senast uppdaterad: {words(c.updated) if c.updated else ""}</div></div></article>
<section class="c-card-group"><h2>Fler nyheter</h2><div class="c-card"><a href="/n/1">Årets företagare utsedd</a></div><div class="c-card"><a href="/n/2">Feriejobb att söka</a></div></section></main></div>{script("municipio")}</body></html>"""


def _wp_blocks(c: Content, host: str) -> str:
    """WordPress of the block editor on a municipal press room."""
    return f"""<!DOCTYPE html><html lang="sv-SE"><head><meta charset="UTF-8"><title>{escape(c.title)} &#8211; Pressrum</title><script src="/wp-includes/js/dist/hooks.min.js"></script></head><body class="wp-embed-responsive">
<div class="wp-site-blocks"><header class="wp-block-template-part">{menu("wp-block-navigation", 2)}</header><main class="wp-block-group"><h1 class="wp-block-post-title">{escape(c.title)}</h1>
<div class="wp-block-post-date"><time datetime="{c.published or ""}T09:00:00+02:00">Publicerad {words(c.published) if c.published else ""}</time></div><div class="entry-content wp-block-post-content">{body(c, table="wp-block-table")}
<p class="has-small-font-size">Bild: Kommunen</p></div><div class="wp-block-comments"><h2>Kommentarer</h2></div><p class="wp-block-post-terms">Kategorier: Omsorg</p></main><footer class="wp-block-template-part"><p>Drivs med WordPress</p></footer></div></body></html>"""


def _drupal_paragraphs(c: Content, host: str) -> str:
    """Drupal 10 with layout builder and an accordion module."""

    def item(q: str, a: str) -> str:
        return f'<div class="paragraph paragraph--type--accordion-item"><h3 class="accordion__title"><button type="button" aria-expanded="true">{q}</button></h3><div class="accordion__content"><div class="field field--name-field-text"><p>{a}</p></div></div></div>'

    return f"""<!DOCTYPE html><html lang="sv" dir="ltr"><head><meta charset="utf-8"/><link rel="stylesheet" href="/sites/default/files/css/a.css"/><title>{escape(c.title)} | Grönvik</title></head><body>
<div class="dialog-off-canvas-main-canvas" data-off-canvas-main-canvas><div class="layout-container"><header>{menu("menu", 2)}</header><div class="block block-alert">Vattenläcka på Storgatan</div>
<main><a id="main-content"></a><div class="layout-content"><div class="region region-content"><div data-drupal-messages-fallback class="hidden"></div><div class="block block-core block-page-title-block"><h1>{escape(c.title)}</h1></div>
<div class="block block-system block-system-main-block"><article class="node node--type-page"><div class="layout layout--onecol"><p class="page-meta">Publicerad den {words(c.published) if c.published else ""}</p>
<div class="field field--name-field-preamble"></div>{body(c, question=item)}</div></article></div><div class="block block-social-sharing"><span>Dela sidan</span></div></div></div></main></div></div></body></html>"""


def _umbraco_rte(c: Content, host: str) -> str:
    """Umbraco with its own grid names, found by its media and backoffice paths only."""
    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)} - Myrby kommun</title><link rel="stylesheet" href="/sb/umbraco-bundle.css"></head><body>
<div id="site"><div class="navbar">{menu("nav-primary", 2)}</div><div class="container" role="main"><ol class="breadcrumb"><li>Hem</li></ol><div class="content-column"><h1>{escape(c.title)}</h1><div class="rte">{body(c)}</div>
<div class="page-footer-meta"><p>Sidan publicerades {c.published or ""}</p></div><div class="contact-person"><h4>Kontaktperson</h4><p>Sara Holm<br>Utvecklingsledare<br>sara.holm@myrby.example</p></div></div></div><div class="footer">Myrby kommun</div></div></body></html>"""


def _unknown_table(c: Content, host: str) -> str:
    """A page of the 1990s on a municipal server."""
    return f"""<HTML lang="sv"><HEAD><TITLE>{escape(c.title)}</TITLE></HEAD><BODY BGCOLOR=white><TABLE WIDTH=100%><TR><TD VALIGN=top WIDTH=150>{menu("m", 1)}</TD><TD><H1>{escape(c.title)}</H1>{body(c, lead="<P><I>{}</I></P>")}<HR><P>Senast ändrad: {c.updated or ""}</P></TD></TR></TABLE></BODY></HTML>"""


def _unknown_main(c: Content, host: str) -> str:
    """A home-made site with semantic markup."""
    return f"""<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)} | Kommunförbundet</title></head><body><header><a href="/">Hem</a>{menu("meny", 2)}</header><main><h1>{escape(c.title)}</h1><p><small>Publicerad: {c.published or ""}</small></p>{body(c)}</main>
<aside><h2>Senaste nytt</h2><ul><li><a href="/1">Ny ordförande vald</a></li></ul></aside><footer><p>Kommunförbundet, Box 1</p></footer></body></html>"""


UNSEEN = (
    Look("sitevision-2021", "sitevision", _sitevision_2021, ("published", "updated"), unseen=True),
    Look("sitevision-2012", "sitevision", _sitevision_2012, ("updated",), "cp1252", unseen=True),
    Look("optimizely-av", "optimizely", _av, ("published", "updated"), unseen=True),
    Look("episerver-old", "optimizely", _epi_table, (), unseen=True),
    Look("municipio-4", "wordpress", _municipio_4, ("published", "updated"), unseen=True),
    Look("wordpress-blocks", "wordpress", _wp_blocks, ("published",), unseen=True),
    Look("drupal-paragraphs", "drupal", _drupal_paragraphs, ("published",), unseen=True),
    Look("umbraco-rte", "umbraco", _umbraco_rte, ("published",), unseen=True),
    Look("unknown-table", "", _unknown_table, ("updated",), unseen=True),
    Look("unknown-main", "", _unknown_main, ("published",), unseen=True),
)
