"""One step of a partition: state and an input give state, scores and alerts."""
