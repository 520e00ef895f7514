"""Benchmarks that anyone can run; each says what it compares with in the same run."""
