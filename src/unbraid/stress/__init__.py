"""Stress: codes of known truth, changed in one way at a time, and what every score answers."""
