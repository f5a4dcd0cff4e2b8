"""Joins the stages: segments in, tables, comparison and report out. Nothing below knows of it."""
