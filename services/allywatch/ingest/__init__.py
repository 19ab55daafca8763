"""Feeds and files to the source topics."""
