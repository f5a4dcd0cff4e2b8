"""SVG to PNG with resvg: a wheel without system libraries, and the report's own type so that no font is missing."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import InvariantError

_FONTS = sorted(str(path) for path in (Path(__file__).parent / "fonts").glob("*.ttf"))
_FAMILY = "Tillsyn Sans"


def to_png(drawing: str, zoom: float = 2.0) -> bytes:
    """The drawing as PNG bytes on white, ``zoom`` pixels per CSS pixel. Raises InvariantError for bad SVG."""
    import resvg_py

    try:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=drawing,
                background="white",
                zoom=zoom,
                font_files=_FONTS,
                sans_serif_family=_FAMILY,
                skip_system_fonts=False,
            )
        )
    except ValueError as error:
        raise InvariantError(f"A drawing could not be made into PNG: {error}.") from error
