"""Benchmarks: each module has `run()` and prints a line per measure."""
