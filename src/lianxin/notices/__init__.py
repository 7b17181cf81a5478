"""Notices: messages out, none lost silently."""
