"""A document's text as it may leave, and where its old offsets have gone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.publish.privacy import redact
from pipeline.publish.pseudonyms import Pseudonyms, Replaced


@dataclass(frozen=True, slots=True)
class Rewriting:
    """``text`` as it may leave; ``replaced`` are stretches of the old text, in order, that changed their length."""

    text: str
    replaced: tuple[Replaced, ...] = ()

    @classmethod
    def of(cls, text: str, spans: Iterable[tuple[int, int]], names: Pseudonyms | None = None) -> Rewriting:
        """Rewrite a document's text. ``spans`` are its passages and quotes.

        Each is masked by itself too: what looks harmless beside its neighbours must not leave alone.
        """
        letters = list(redact(text))
        for start, end in set(spans):
            part = text[start:end]
            if (masked := redact(part)) != part:
                letters[start:end] = [
                    m if m != p else c for m, p, c in zip(masked, part, letters[start:end], strict=True)
                ]
        masked = "".join(letters)
        replaced = names.replacements(masked) if names else ()
        return cls(_apply(masked, replaced), tuple(replaced))

    def moved(self, position: int) -> int:
        """Where an offset of the old text stands in the new; inside a replaced stretch, its nearer edge."""
        shift = 0
        at = bisect_right([r.start for r in self.replaced], position) - 1
        for i, one in enumerate(self.replaced[: at + 1]):
            change = len(one.text) - (one.end - one.start)
            if i == at and one.start < position < one.end:
                inside = position - one.start
                return one.start + shift + (0 if inside * 2 < one.end - one.start else len(one.text))
            if i < at or position >= one.end:
                shift += change
        return position + shift


def _apply(text: str, replaced: Sequence[Replaced]) -> str:
    parts, at = [], 0
    for one in replaced:
        parts += [text[at : one.start], one.text]
        at = one.end
    return "".join([*parts, text[at:]])
