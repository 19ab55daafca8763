"""Sentences to PLOVER classes: root, quad class, how probable, and whether there is an event at all."""

from allywatch.classes.marking import MarkedSentence, from_tags, unmarked

__all__ = ["MarkedSentence", "from_tags", "unmarked"]
