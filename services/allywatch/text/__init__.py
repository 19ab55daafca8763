"""News articles to evidence."""
