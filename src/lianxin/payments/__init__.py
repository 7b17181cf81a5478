"""Payments: entitlement lines, batches, bank files and a double-entry ledger."""
