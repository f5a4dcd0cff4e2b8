"""Tillsyn: what goes wrong again and again in municipal services, with the quotes behind every number."""

__version__ = "0.1.0"
