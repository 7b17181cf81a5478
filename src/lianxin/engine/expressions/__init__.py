"""Conditions and amounts: a closed subset of SQL, parsed once into a typed tree and compiled from it."""
