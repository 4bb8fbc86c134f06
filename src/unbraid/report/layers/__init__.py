"""The comparison of layered runs."""
