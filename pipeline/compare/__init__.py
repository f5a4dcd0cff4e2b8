"""Compare: differences that are real, said with their uncertainty."""

from pipeline.compare.assembly import compare, write
from pipeline.compare.selection import Selection

__all__ = ["Selection", "compare", "write"]
