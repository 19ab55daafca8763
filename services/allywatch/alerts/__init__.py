"""Alert rules, their life cycle and identity."""
