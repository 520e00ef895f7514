"""The commands, grouped by what they are for; each module lists its own in COMMANDS, and cli.py says where each is."""
