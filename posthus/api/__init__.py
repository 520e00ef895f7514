"""What the web client and integrators ask: REST, sessions, keys, live changes and the built client.

Owns the tables `workspace`, `member`, `api_key`, `session`, `login_failure`, `audit` and `idempotent_answer`.
"""
