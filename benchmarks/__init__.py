"""What the README's speed table is made from."""
