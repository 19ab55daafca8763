"""Benchmarks on a real Kafka: `make bench`. Prints JSON lines {"name", "value", "unit"}."""
