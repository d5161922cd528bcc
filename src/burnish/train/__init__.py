"""Training an enhancer, and making the built-in model again."""
