"""burnish: image-text pairs in, the same number of better pairs out."""
