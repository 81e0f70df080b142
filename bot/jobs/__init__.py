"""Hints to look at a row, in one process or over many."""
