"""Logistic regression by Newton steps: exact, deterministic, no random start."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]


def fit(inputs: Matrix, good: npt.NDArray[np.bool_], ridge: float = 1.0) -> list[float]:
    """Weights (d,) for `inputs` (n, d); both answers count alike, whatever their numbers. `ridge` is the L2 penalty."""
    share = np.where(good, 0.5 / max(1, int(good.sum())), 0.5 / max(1, int((~good).sum()))) * len(good)
    weights = np.zeros(inputs.shape[1])
    for _ in range(50):
        guess = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (share * (guess - good)) + ridge * weights
        curvature = (inputs * (share * guess * (1 - guess))[:, None]).T @ inputs + ridge * np.eye(inputs.shape[1])
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-9:
            break
    return [round(float(weight), 6) for weight in weights]
