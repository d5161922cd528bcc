"""JSON lines that name image files: what the JSONL and the image-folder stores share."""
