"""Files of downloaded and people's own data: found, fetched, checked, read in place, prepared once."""
