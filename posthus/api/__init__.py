"""What the web client and integrators ask for: `/api/v1`, sessions, keys, live updates.

Owns the tables member, api_key, session, login_failure, audit and idempotent_answer.
"""
