"""How one latent layer reads another, one file each; see `unbraid list links`. An option of `towers`: `link: merge`."""
