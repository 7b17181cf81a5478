"""Ops: the lianxin command."""
