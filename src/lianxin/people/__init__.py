"""People: persons, dated categories, service, awards, kinship, families, imports."""
