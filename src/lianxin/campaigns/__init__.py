"""Campaigns: volunteers and givers, errands and visits."""
