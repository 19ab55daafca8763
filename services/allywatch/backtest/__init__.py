"""History replayed in process through the engine that runs on Kafka, and held against what happened."""
