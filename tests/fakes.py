"""In-memory stand-ins for clocks and logs, for unit tests."""
