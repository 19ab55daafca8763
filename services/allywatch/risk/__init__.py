"""Evidence to pressure, baseline, score, confidence and explanation."""
