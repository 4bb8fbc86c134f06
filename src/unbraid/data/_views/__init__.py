"""Datasets seen otherwise: resized, thinned, restricted, painted, held in memory."""
