"""Kafka for one machine: a local broker, its topics, and redrive."""
