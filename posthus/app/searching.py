"""`posthus search`: names on the command line become numbers, hits become lines."""
