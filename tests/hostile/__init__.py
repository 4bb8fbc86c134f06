"""Attacks: bad inputs over all commands, files and functions, kills, and several processes at once.

`python -m tests.hostile` runs them all and prints what came of them; a sample runs with the other tests.
"""
