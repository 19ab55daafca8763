"""Coded diplomatic events to evidence."""

from allywatch.events.codebook import CameoCode, find, parse_codebook, quad_of
from allywatch.events.reader import EventReader, load_codebook, load_rules, relation_of
from allywatch.events.rules import Relation, Rule, Rules, parse_rules

__all__ = [
    "CameoCode",
    "EventReader",
    "Relation",
    "Rule",
    "Rules",
    "find",
    "load_codebook",
    "load_rules",
    "parse_codebook",
    "parse_rules",
    "quad_of",
    "relation_of",
]
