"""Journal: who did what, when, for what purpose, in a chain that outsiders can check."""
