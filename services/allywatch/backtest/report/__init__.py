"""A replay as one HTML file that needs nothing else: figures, charts, and the words between."""

from allywatch.backtest.report.page import render

__all__ = ["render"]
