"""What rendered worlds look like: shapes, rooms and their factors."""
