"""Runs the benchmark programs, and says what they found. Started by scripts/bench."""
