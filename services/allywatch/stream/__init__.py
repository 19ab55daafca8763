"""The workers: extracting and scoring on Kafka."""
