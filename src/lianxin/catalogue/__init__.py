"""Catalogue: services as data, their versions, facts and match runs."""
