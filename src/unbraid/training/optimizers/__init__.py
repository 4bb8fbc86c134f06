"""Optimisers of the model, one file each; see `unbraid list optimizers`. Critics bring theirs (`objectives.Player`)."""
