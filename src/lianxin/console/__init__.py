"""Console: the staff's face."""
