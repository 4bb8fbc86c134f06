"""Attacks: bad inputs over all commands, files and functions, kills, and several processes at once."""
