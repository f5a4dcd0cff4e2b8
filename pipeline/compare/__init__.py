"""Compare: differences that are real, said with their uncertainty."""

from pipeline.compare.assembly import compare
from pipeline.compare.selection import Selection
from pipeline.compare.writing import write

__all__ = ["Selection", "compare", "write"]
