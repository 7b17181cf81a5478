"""Companion: the household's face, 连心."""
