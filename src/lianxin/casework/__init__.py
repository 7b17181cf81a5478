"""Casework: asks and cases, steps, papers, deadlines, publicity, ratings, one inbox."""
