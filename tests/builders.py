"""Valid messages with defaults, for tests."""
