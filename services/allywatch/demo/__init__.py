"""The demonstration: a recorded scenario on a real system, from nothing."""
