"""The built-in model: small towers and heads on a CPU, no torch, no download."""
