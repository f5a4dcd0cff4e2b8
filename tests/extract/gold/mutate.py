"""Damaged markup: what a cut download, a broken template or a hostile page can look like. Deterministic by seed."""

from __future__ import annotations

import random

_SHREDS = (
    b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&#xD800;", b"&#0;", b"&nbsp;", b"\x00", b"\xff\xfe", b"\xc3", b"<script>", b"</script>",
    b"<style>", b"<svg><math><p>", b"<table><tr><td>", b"</td></tr></table>", b"<p>" * 40, b"<div>" * 200, b"</div>" * 50, b"<a href=x>" * 30,
    b"<li>" * 60, b"<template>", b"<noscript>", b"<select><option>", b"<form>", b"<main>", b"</main>", b"<h1>", b"<title>", b"<plaintext>", b"<textarea>",
    b'<meta charset="utf-16">', b'<meta charset="nonsense">', b'<html lang="sv">', b"Publicerad: 99 maj 2015", b"2019-13-45", b"\xe5\xe4\xf6", "åäö ".encode() * 5,
    "\u202e\u00ad\u2028".encode(), b"<b><i>" * 100, b'<script type="application/ld+json">[[[[{"@type":"Article","datePublished":{}}]]]]</script>',
    b"<script>AppRegistry.registerInitialState('12.x', {\"a\":[{\"title\":1}", b"sv-layout", b"/wp-content/", b"<frameset>", b"<base href='//'>",
)  # fmt: skip


def mutate(page: bytes, seed: int) -> bytes:
    """The page with one to eight wounds: cut, doubled, swapped or dropped stretches, foreign shreds, flipped bytes."""
    dice = random.Random(seed)
    out = bytearray(page)
    for _ in range(dice.randint(1, 8)):
        if not out:
            return bytes(out)
        at, size = dice.randrange(len(out)), dice.randint(1, max(1, len(out) // dice.choice((2, 10, 100, 1000)) + 1))
        wound = dice.randrange(7)
        if wound == 0:
            del out[at:]
        elif wound == 1:
            del out[at : at + size]
        elif wound == 2:
            out[at:at] = out[at : at + size]
        elif wound == 3:
            out[at:at] = dice.choice(_SHREDS)
        elif wound == 4:
            for _ in range(dice.randint(1, 40)):
                out[dice.randrange(len(out))] = dice.randrange(256)
        elif wound == 5:
            out[at:at] = dice.choice(_SHREDS) * dice.randint(1, 20)
        else:
            other = dice.randrange(len(out))
            out[at : at + size], out[other : other + size] = out[other : other + size], out[at : at + size]
    return bytes(out[:2_000_000])
