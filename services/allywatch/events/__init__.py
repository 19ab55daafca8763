"""Coded diplomatic events to evidence."""
