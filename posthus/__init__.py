"""Posthus: every customer conversation, received, sorted and found again."""
