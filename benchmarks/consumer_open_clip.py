"""Run by `benchmarks.consumers` in open_clip's environment: SHARD TEXTS -> one line of JSON."""

from __future__ import annotations

import json
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import open_clip
import torch
from open_clip.model import CLIPTextCfg, CLIPVisionCfg
from open_clip_train.data import get_wds_dataset
from open_clip_train.params import parse_args


def main(shard: str, texts: str) -> None:
    wanted = json.loads(Path(texts).read_text(encoding="utf-8"))
    told = ["--train-data", shard, "--train-num-samples", str(len(wanted)), "--dataset-type", "webdataset"]
    args = parse_args([*told, "--batch-size", "20", "--workers", "1", "--model", "ViT-B-32"])
    args.world_size, args.rank, args.distributed = 1, 0, False
    tokenizer = open_clip.get_tokenizer("ViT-B-32")
    data = get_wds_dataset(args, open_clip.image_transform(64, is_train=True), True, tokenizer=tokenizer)
    data.set_epoch(0)
    batches = list(data.dataloader)
    came = Counter(row.numpy().tobytes() for _, tokens in batches for row in tokens)
    images, tokens = batches[-1]
    right = Counter(row.numpy().tobytes() for row in tokenizer(wanted))
    vision = CLIPVisionCfg(layers=1, width=64, head_width=32, patch_size=16, image_size=64)
    model = open_clip.CLIP(embed_dim=32, vision_cfg=vision, text_cfg=CLIPTextCfg(width=64, heads=2, layers=1))
    loss = open_clip.ClipLoss()(*model(images, tokens)[:3])
    loss.backward()
    found = {
        "samples": came.total(),
        "texts_as_written": came == right,
        "batch": list(images.shape),
        "loss_of_one_step": round(loss.item(), 3),
        "versions": {name: version(name) for name in ("open_clip_torch", "webdataset", "torch", "torchvision")},
        "cuda": torch.cuda.is_available(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
