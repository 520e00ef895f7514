"""Durable work in Postgres: a log in commit order, cursors over it, retry, bury, dedupe, the worker loop.

Owns the tables `topic`, `log`, `cursor`, `retry`, `buried` and `dedupe`, and the sequence `log_id`.
"""
