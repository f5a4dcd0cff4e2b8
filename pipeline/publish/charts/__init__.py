"""Charts as hand-made SVG: drawn for a page, for a slide and for print by the same functions."""
