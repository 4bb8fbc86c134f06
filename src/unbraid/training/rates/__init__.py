"""How the learning rate moves within a phase, one file each, as torch's schedulers; see `unbraid list rates`."""
