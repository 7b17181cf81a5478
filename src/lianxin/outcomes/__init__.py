"""Outcomes: the register of what was delivered."""
