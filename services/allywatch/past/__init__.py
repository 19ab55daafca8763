"""Time travel: what was known at a moment, and why an alert said what it said, rebuilt from the log alone."""
