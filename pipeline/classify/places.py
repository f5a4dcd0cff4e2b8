"""Which municipalities a document concerns, how much, and where it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.classify.criticised import criticised
from pipeline.classify.places_context import Role, role
from pipeline.classify.places_evidence import slug_codes
from pipeline.classify.places_homonyms import resolved
from pipeline.classify.places_lists import shared_roles
from pipeline.classify.places_names import Mention, mentions
from pipeline.classify.places_plain import plain
from pipeline.classify.places_scores import Weighed, address_of, is_vignette, of_titles, scores
from pipeline.classify.places_silent import silent_scores
from pipeline.classify.places_sites import host_code, site
from pipeline.geography import by_code
from pipeline.records import Concern, Document

__all__ = ["concerns", "criticised"]

_SHARE = 0.4
_SHARE_BESIDE_TITLE = 0.6  # where the title names one municipality, it is the one
_ROUND_UP = 3
_LEAST = 0.4  # less than one plain mention of a district: only named in passing
_FIRM = 1.0  # less than a municipality away from a site that is named as the one spoken of
_NAMED = frozenset(("name", "official", "board", "former"))
_SURE = _NAMED | {"locality", "district"}


def _speaks_for(mention: Mention, said: Role) -> bool:
    """Whether a mention leaves no doubt of its municipality, so that it decides between places of one name."""
    if said in ("masked", "weak") or len(mention.codes) > 1:
        return False
    return (mention.kind in _NAMED and said == "strong") or (mention.kind in _SURE and mention.sure)


def _decided(address: str, found: Sequence[Mention], roles: Sequence[Role]) -> list[Mention | None]:
    spoken_for = {mention.code for mention, said in zip(found, roles, strict=True) if _speaks_for(mention, said)}
    own = host_code(address)
    return resolved(found, spoken_for.union(slug_codes(address), [own] if own else []), site(address).area)


def _only_in_passing(address: str, said: Mapping[str, float]) -> bool:
    """Whether a local site names in passing only municipalities that it does not report from."""
    known = site(address)
    return known.home is not None and max(said.values()) < _FIRM and known.area.isdisjoint(said)


def concerns(document: Document) -> tuple[Concern, ...]:
    """The municipalities that ``document`` concerns, the most salient first.

    ``salience`` is the share (0-1] of the weighted mentions; ``spans`` are half-open code
    points of ``Document.text``, empty where only the address speaks for it.
    """
    read, address = plain(document.text), address_of(document)
    found = mentions(read.text)
    roles, listed = shared_roles(read.text, found, [role(read.text, mention) for mention in found])
    decided = _decided(address, found, roles)
    weighed = [
        Weighed(mention, said, is_vignette(read.text, mention))
        for mention, said in zip(decided, roles, strict=True)
        if mention is not None
    ]
    said = scores(document, read, weighed)
    if not said or max(said.values()) < _LEAST:
        said = silent_scores(read.text, address, weighed)
    elif _only_in_passing(address, said):
        said = silent_scores(read.text, address, weighed) or said
    if not said:
        return ()
    total, top = sum(said.values()), max(said.values())
    listed |= _vignettes(read.text, weighed)
    alone = of_titles(document, read, weighed)
    least = _SHARE if len(alone) != 1 else _SHARE_BESIDE_TITLE
    kept = [code for code, score in said.items() if code in listed or score >= least * top]
    return tuple(
        Concern(
            code,
            by_code()[code].name,
            round(said[code] / total, 4),
            tuple(read.span(w.mention.start, w.mention.end) for w in weighed if w.mention.code == code),
        )
        for code in sorted(kept, key=lambda code: (-said[code], code))
    )


def _vignettes(text: str, weighed: Sequence[Weighed]) -> frozenset[str]:
    """The municipalities of a round-up: three or more with a vignette each, and those that begin a line beside them."""
    codes = frozenset(w.mention.code for w in weighed if w.vignette)
    if len(codes) < _ROUND_UP:
        return frozenset()
    return codes | {w.mention.code for w in weighed if w.certain and text[: w.mention.start].endswith("\n")}
