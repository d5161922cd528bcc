"""Pixels to features and ImageNet evidence. Training and run time share this code."""

import numpy as np
import numpy.typing as npt
from PIL import Image

SIDE_PX = 224
WHITE = (255, 255, 255)


def fit(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """RGB uint8 of any size (height, width, 3) -> (224, 224, 3): whole picture, proportions kept, white around it."""
    height, width = rgb.shape[:2]
    scale = SIDE_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = Image.fromarray(rgb).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    canvas = np.full((SIDE_PX, SIDE_PX, 3), WHITE, np.uint8)
    top, left = (SIDE_PX - size[1]) // 2, (SIDE_PX - size[0]) // 2
    canvas[top : top + size[1], left : left + size[0]] = np.asarray(small)
    return canvas
