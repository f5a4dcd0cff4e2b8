"""Looks that were at hand while the rules were written."""

from __future__ import annotations

from html import escape

from gold.contents import Content
from gold.look import Look
from gold.render import body, menu, script, words, year_first

_COOKIES = (
    '<div id="cookie-banner" class="cookie-consent"><p>Vi använder kakor för att webbplatsen ska fungera på ett bra sätt för dig.</p>'
    "<button>Godkänn alla</button><button>Inställningar</button></div>"
)


def _sitevision_new(c: Content, host: str) -> str:
    date = f'<p class="sv-font-publicerad">Publicerad: {words(c.published)}</p>' if c.published else ""
    updated = f"<span>Senast uppdaterad: </span><time datetime='{c.updated}'>{c.updated}</time>" if c.updated else ""
    return f"""<!DOCTYPE html><html lang="sv" class="sv-no-js sv-template-artikelsida"><head><meta charset="utf-8">
<title>{escape(c.title)} - {host.split(".")[1].capitalize()} kommun</title><meta name="generator" content="SiteVision">
<link rel="stylesheet" href="/2.3b1e1f2f/1686/SiteVision-spacing.css">{script("AppRegistry")}</head>
<body class="sv-responsive env-m-around--0"><div id="svid10_1" class="sv-layout"><a class="sv-skip" href="#h-Innehall">Hoppa till innehåll</a>
{_COOKIES}<header class="header"><div class="sv-image-portlet"><img src="/images/18.5/logo.svg" alt="Norrby kommuns logotyp, länk till startsidan"></div>
<nav>{menu("sol-top-navigation")}</nav></header>
<main class="sv-layout sv-main" data-cid="12.{"3" * 30}"><div class="env-alert env-alert--warning" role="alert"><p>Eldningsförbud råder i hela länet.</p></div>
<div class="sv-breadcrumbs-portlet sv-portlet"><ol><li><a href="/">Startsida</a></li><li><a href="/n">Nyheter</a></li></ol></div>
<div class="pagecontent sv-layout"><div class="sv-text-portlet sv-use-margins"><div id="Rubrik"></div><div class="sv-text-portlet-content">
<h1 class="heading" id="h-R">{escape(c.title)}</h1></div></div>{date}
<div class="sv-text-portlet"><div id="Ingress"></div><div class="sv-text-portlet-content">{body(c, lead='<p class="ingress sv-font-ingress">{}</p>', table="sv-table").split("</p>")[0]}</p></div></div>
<div class="sv-text-portlet"><div id="Brodtext"></div><div class="sv-text-portlet-content">{"</p>".join(body(c, lead='<p class="ingress sv-font-ingress">{}</p>', table="sv-table").split("</p>")[1:])}
<p><a href="/download/18.1a2b/16234/beslut.pdf" class="sv-linkicon">Hela beslutet<span class="env-assistive-text">Pdf, 249.1 kB, öppnas i nytt fönster.</span><svg class="env-link-icon"><use href="#i"></use></svg></a></p></div></div></div>
<div class="sv-archive-portlet sv-portlet"><h2>Fler nyheter</h2><ul><li class="sv-channel-item"><a href="/a.html">Sommaröppet på biblioteket</a> <time datetime="2024-06-01">1 juni 2024</time></li><li class="sv-channel-item"><a href="/b.html">Nya tider på återvinningen</a></li></ul></div>
<div class="contact"><h2>Kontakt</h2><p>Kontaktcenter<br>0123-456 00<br><a href="mailto:kontakt@x.example">kontakt@norrby.example</a></p></div>
<p class="sv-pagemeta">{updated}</p><div class="sv-script-portlet"><h2>Hjälpte informationen på den här sidan dig?</h2><button>Ja</button><button>Nej</button></div></main>
<footer><p>Norrby kommun, Box 12, 123 00 Norrby. Organisationsnummer 212000-0000</p></footer></div>{script("SV")}</body></html>"""


def _sitevision_old(c: Content, host: str) -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" lang="sv"><head><meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1" />
<title>{escape(c.title)} | Hedby</title><script src="/sitevision/system-resource/js/jquery.js"></script></head><body>
<div class="sv-skip-spacer"><a href="#innehall">Till innehåll på sidan</a></div>
<table width="960"><tr><td colspan="3"><div id="Topp">{menu("sv-menu", 1)}</div></td></tr><tr>
<td id="Vanster" valign="top">{menu("sv-vertical-menu", 1)}</td><td id="Mittenspalt" valign="top"><div class="sv-text-portlet"><div class="sv-text-portlet-content">
<a name="Rubrik"></a><h1>{escape(c.title)}</h1><p class="sv-image-portlet"><img src="/images/18.2/bild_web.jpg" alt="" /></p></div></div>
<div class="sv-text-portlet"><div class="sv-text-portlet-content"><a name="Brodtext"></a>{body(c, lead="<p><strong>{}</strong></p>")}</div></div>
<div class="sv-text-portlet"><div class="sv-text-portlet-content"><p>Information om hur Hedby kommun behandlar dina personuppgifter finns på kommunens webbplats under Dataskydd.</p></div></div>
<div class="sv-form-portlet"><form action="/x"><p>Har du synpunkter på den här sidan, skriv till oss.</p><label>Ditt namn:</label><input name="n"/><label>Din e-postadress:</label><input name="e"/></form></div>
<p>Sida uppdaterad {c.updated or ""}</p><p><a href="javascript:print()">Skriv ut</a></p></td>
<td id="Hoger" valign="top"><h2>Kontakt</h2><p>Anna Berg, kommundirektör<br/>0123-45 60 00</p></td></tr></table></body></html>"""


def _ivo(c: Content, host: str) -> str:
    shown = year_first(c.published) if c.published else ""
    return f"""<!doctype html><html lang="sv"><head><meta charset="utf-8"/><title>{escape(c.title)} | IVO.se</title>
<meta property="og:title" content="{escape(c.title)}"/><link href="/siteassets/css/site.css" rel="stylesheet"/></head><body>
<a href="#main-content" class="skip">Gå direkt till innehållet</a>{_COOKIES}<header><div class="logo"><a href="/">Inspektionen</a></div>{menu("main-nav", 2)}</header>
<div class="breadcrumbs"><a href="/">Hem</a> / <a href="/aktuellt">Aktuellt</a></div><main><div id="main-content"><article class="article">
<h1>{escape(c.title)}</h1><p class="article-date">{shown}</p>{body(c, lead='<p class="preamble">{}</p>')}
<ul class="files"><li><a href="/globalassets/dokument/beslut.pdf">Beslutet (pdf, 312 kB)</a></li></ul>
<div class="share-links"><span>Dela</span><a href="https://f.example">Facebook</a><a href="https://l.example">LinkedIn</a></div>
<div class="contact-block"><h2>Presskontakt</h2><p>Presstjänsten 010-788 50 00</p></div></article></div></main>
<footer><p>© Inspektionen. Om webbplatsen och kakor</p></footer>{script("epi")}</body></html>"""


def _optimizely(c: Content, host: str) -> str:
    published = f"Publicerad: {c.published}" if c.published else "Publicerad:"
    updated = f"Senast uppdaterad: {c.updated}" if c.updated else "Senast uppdaterad:"

    def accordion(q: str, a: str) -> str:
        return (
            f'<div class="accordion"><h3><button aria-expanded="false" aria-controls="p">{q}</button></h3>'
            f'<div class="accordion__panel" role="region" hidden><p>{a}</p></div></div>'
        )

    return f"""<!doctype html><html lang="sv-SE"><head><meta charset="utf-8"><title>{escape(c.title)} - Sjöhamra kommun</title>
<meta property="og:site_name" content="Sjöhamra kommun"><script src="/Util/EPi.js"></script></head><body data-epi-page="12"><a href="#content">Hoppa till huvudinnehållet</a>
<div class="crisis-message"><p>Viktigt meddelande: vattnet i Åby ska kokas.</p></div><header>{menu("nav", 2)}</header><main id="content"><div class="breadcrumb">Du är här: Start / Nyheter</div>
<div class="row"><div class="main-body col-8"><h1>{escape(c.title)}</h1><div class="page-tools"><a href="#">Lyssna</a> <a href="#">Skriv ut</a></div>
{body(c, question=accordion)}<div class="page-info"><span>{published}</span> <span>{updated}</span></div>
<section class="feedback"><h2>Var informationen till hjälp?</h2><button>Ja</button><button>Nej</button></section></div>
<aside class="col-4"><h2>Kontakta oss</h2><p>Telefon: 0500-12 34 56</p><h2>Relaterade länkar</h2><ul><li><a href="/contentassets/1/x.pdf">Rapport</a></li></ul></aside></div></main><footer><p>Sjöhamra kommun, 500 00 Sjöhamra</p></footer></body></html>"""


def _municipio(c: Content, host: str) -> str:
    dates = "".join(
        f'<li><strong>{label}:</strong> <time datetime="{iso}">{words(iso)}</time></li>'
        for label, iso in (("Publicerad", c.published), ("Senast uppdaterad", c.updated))
        if iso
    )

    def details(q: str, a: str) -> str:
        return f"<details><summary>{q}</summary><div><p>{a}</p></div></details>"

    return f"""<!DOCTYPE html><html lang="sv-SE"><head><meta charset="UTF-8"><title>{escape(c.title)} – Ekmoberga kommun</title><link rel="https://api.w.org/" href="/wp-json/">
<link rel="stylesheet" href="/wp-content/themes/municipio/assets/dist/css/styleguide.css"></head><body class="single municipio"><a href="#main-content" class="u-sr__only">Fortsätt till huvudinnehållet</a>
<header class="c-header">{menu("c-nav", 3)}</header><div class="c-notice c-notice--warning">Störningar i växeln under förmiddagen.</div>
<nav class="c-breadcrumb" aria-label="breadcrumb"><a href="/">Hem</a></nav><div id="main-content" class="o-container"><div class="o-grid"><div class="o-grid-9@md">
<article id="article" class="c-article c-article--readable-width s-article u-clearfix"><h1 id="page-title" class="c-typography c-typography__variant--h1">{escape(c.title)}</h1>
{body(c, lead='<p class="lead">{}</p>', question=details)}<figure class="wp-caption"><img src="/wp-content/uploads/2021/10/hus.jpg" alt="hus"><figcaption class="wp-caption-text">Kommunhuset i höstskrud. Foto: Kommunen</figcaption></figure></article>
<ul class="article-timestamps">{dates}</ul><div class="c-signature"><span>Skribent: Webbredaktionen</span></div></div>
<aside class="sidebar-right o-grid-3@md"><div class="c-card"><h2>Kontakt</h2><p>E-post: info@ekmoberga.example</p></div></aside></div></div>
<footer class="c-footer"><p>Tyck till om webbplatsen</p></footer>{script("wp")}</body></html>"""


def _wordpress_older(c: Content, host: str) -> str:
    meta = f"Publicerat {words(c.published)}" if c.published else ""
    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="UTF-8"><title>{escape(c.title)} &#8211; Björkåsa kommun</title>
<script src="/wp-includes/js/jquery.js"></script></head><body class="single single-post postid-12"><div id="header">{menu("menu-main", 2)}</div>
<div id="content"><div class="single-post"><h1 class="single-post__title">{escape(c.title)}</h1><p class="single-post__meta">{meta} av Kommunikation</p>
<div id="post-content" class="single-post__content">{body(c, lead="<p><b>{}</b></p>")}<p>&nbsp;</p><p>Foto: Kommunen</p>
<div class="sharedaddy"><h3>Dela:</h3><ul><li><a href="#">Facebook</a></li></ul></div></div>
<div class="post-navigation"><a href="/forra">Föregående nyhet</a></div><div id="comments"><h3>2 kommentarer</h3><p>Bra skrivet!</p></div></div>
<div id="sidebar"><h3>Senaste nytt</h3><ul><li><a href="/1">Vinterväghållning</a></li><li><a href="/2">Valborg i parken</a></li></ul></div></div><div id="footer">Björkåsa kommun</div></body></html>"""


def _drupal(c: Content, host: str) -> str:
    return f"""<!DOCTYPE html><html lang="sv" dir="ltr"><head><meta charset="utf-8" /><meta name="Generator" content="Drupal 9 (https://www.drupal.org)" /><title>{escape(c.title)} | Hagelövs kommun</title></head>
<body class="path-node page-node-type-news"><a href="#main" class="visually-hidden focusable">Hoppa till huvudinnehåll</a><header role="banner">{menu("menu--main", 2)}</header>
<main role="main"><div class="region region-content"><div class="block-system-breadcrumb-block"><a href="/">Hem</a></div><h1 class="page-title"><span>{escape(c.title)}</span></h1>
<article data-history-node-id="112" class="node node--type-news node--view-mode-full"><footer class="node__meta"><div class="node__submitted">Publicerad {c.published or ""}</div></footer>
<div class="node__content"><div class="field field--name-body">{body(c, lead='<p class="lead">{}</p>', table="table table-striped")}</div>
<div class="field--name-field-contact"><div class="field__label">Kontakt</div><div>Eva Lund, 070-123 45 67</div></div><div class="field--name-field-tags"><a href="/t/1">Omsorg</a></div></div></article>
<div class="block-views"><h2>Läs mer</h2><div class="views-row"><a href="/x">Om IVO</a></div></div></div></main><footer><p>Senast ändrad: {c.updated or ""}</p><p>Hagelövs kommun, Storgatan 1</p></footer></body></html>"""


def _umbraco(c: Content, host: str) -> str:
    def definition(q: str, a: str) -> str:
        return f'<dl class="faq"><dt>{q}</dt><dd>{a}</dd></dl>'

    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)} | Tallviks kommun</title><meta name="generator" content="Umbraco CMS"></head><body>
<div class="cookiebar"><p>Denna webbplats använder cookies.</p></div><header>{menu("primary", 2)}</header><main><div class="umb-grid"><div class="grid-section"><div class="row"><div class="column">
<p class="news-date">{c.published or ""}</p><h1>{escape(c.title)}</h1>{body(c, lead='<p class="intro">{}</p>', question=definition)}
<p>Sidan uppdaterad: {words(c.updated) if c.updated else ""}</p><div class="contact-card"><h3>Mer information</h3><p>Per Lind, enhetschef<br>0770-11 22 33</p></div></div></div></div></div></main>
<footer><p>Följ oss på Facebook</p></footer>{script("umb")}</body></html>"""


def _unknown(c: Content, host: str) -> str:
    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)} | Lövsele</title></head><body>{_COOKIES}
<div class="top">{menu("navlist", 2)}</div><div class="wrap"><div class="main"><div class="crumbs">Start › Nyheter</div><h1>{escape(c.title)}</h1>
<div class="text">{body(c)}</div><div class="meta">Publicerad {c.published or ""}</div></div>
<div class="right"><h3>Genvägar</h3><ul><li><a href="/a">E-tjänster</a></li><li><a href="/b">Lediga jobb</a></li></ul></div></div><div class="bottom"><p>Lövsele kommun, 900 00 Lövsele</p></div></body></html>"""


def _unknown_article(c: Content, host: str) -> str:
    return f"""<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>{escape(c.title)}</title><meta property="og:site_name" content="Ödeby Tidning">
<meta property="article:published_time" content="{c.published or ""}T08:15:00+01:00"><script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle","headline":"{escape(c.title)}"}}</script></head><body>
<header>{menu("sections", 1)}</header><main><article><header><p class="kicker">Lokalt</p><h1>{escape(c.title)}</h1></header>{body(c, lead='<p class="standfirst">{}</p>')}
<p>Foto: Arkiv</p><div class="ad">Annons</div></article><section><h2>Läs också</h2><ul><li><a href="/1">Kommunen säljer marken</a></li><li><a href="/2">Nya bussar i trafik</a></li></ul></section></main><footer>Ansvarig utgivare: Redaktören</footer></body></html>"""


SEEN = (
    Look("sitevision-new", "sitevision", _sitevision_new, ("published", "updated")),
    Look("sitevision-old", "sitevision", _sitevision_old, ("updated",), "cp1252"),
    Look("optimizely-ivo", "optimizely", _ivo, ("published",)),
    Look("optimizely-municipal", "optimizely", _optimizely, ("published", "updated")),
    Look("municipio", "wordpress", _municipio, ("published", "updated")),
    Look("wordpress-older", "wordpress", _wordpress_older, ("published",)),
    Look("drupal", "drupal", _drupal, ("published", "updated")),
    Look("umbraco", "umbraco", _umbraco, ("published", "updated")),
    Look("unknown-div", "", _unknown, ("published",)),
    Look("unknown-article", "", _unknown_article, ("published",)),
)
