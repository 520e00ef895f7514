"""Remembered answers that are never older than a stated bound after a commit.

Owns the tables `cache_change` (append-only, written by triggers) and `cache_mark`.
"""
