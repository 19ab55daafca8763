"""Sentences to PLOVER classes: root, quad class, how probable, and whether there is an event at all."""

from allywatch.classes.classifier import Classifier, ClassReading
from allywatch.classes.marking import MarkedSentence, from_tags, unmarked
from allywatch.classes.phrases import load_phrases, parse_phrases
from allywatch.classes.roots import QUAD_OF, ROOTS, Root, root_of

__all__ = [
    "QUAD_OF",
    "ROOTS",
    "ClassReading",
    "Classifier",
    "MarkedSentence",
    "Root",
    "from_tags",
    "load_phrases",
    "parse_phrases",
    "root_of",
    "unmarked",
]
