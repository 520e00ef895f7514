"""Who sends webhooks: one table of providers, how each proves itself, and how it wants to be answered."""
