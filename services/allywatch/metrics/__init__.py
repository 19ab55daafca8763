"""Metrics and health of every worker: one list of definitions, one typed object per component, one server."""
