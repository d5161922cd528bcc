"""The built-in model from public packages: data, split, towers, heads."""
