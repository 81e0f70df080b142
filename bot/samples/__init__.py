"""Sample feeds, pages and texts of our own writing, for the demo. Every organisation, person and figure is made up."""

from pathlib import Path


def folder() -> Path:
    """The folder that the demo reads as a source."""
    return Path(__file__).parent / "articles"
