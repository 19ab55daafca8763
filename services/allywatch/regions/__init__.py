"""The registry: countries, groups, theatres and exposures."""
