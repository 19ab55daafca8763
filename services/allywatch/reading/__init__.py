"""One article, read before a person's eyes: its text with the evidence marked, on a terminal or as a page."""
