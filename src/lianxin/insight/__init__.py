"""Insight: figures, review, dashboards."""
