"""Fills or reads a cache of the hub with huggingface_hub and transformers.

    hub_cache.py fill ENDPOINT CACHE     as from_pretrained does
    hub_cache.py read ENDPOINT CACHE     offline
"""

import os
import sys

mode, endpoint, cache = sys.argv[1:]
os.environ["HF_ENDPOINT"] = endpoint
os.environ["HF_HUB_CACHE"] = cache
os.environ["HF_HUB_OFFLINE"] = "0" if mode == "fill" else "1"
os.environ["HF_HUB_DISABLE_XET"] = "1"
os.environ.pop("HF_TOKEN", None)

from huggingface_hub import hf_hub_download, snapshot_download, try_to_load_from_cache  # noqa: E402
from huggingface_hub.utils import EntryNotFoundError  # noqa: E402
from transformers import AutoTokenizer, T5ForConditionalGeneration  # noqa: E402

ID = "refract/tiny"

if mode == "fill":
    for name in [
        "config.json",
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "spiece.model",
        "model.safetensors",
    ]:
        try:
            hf_hub_download(ID, name)
        except EntryNotFoundError:
            print("no", name)
else:
    directory = snapshot_download(ID, local_files_only=True)
    model = T5ForConditionalGeneration.from_pretrained(ID, local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(ID, local_files_only=True)
    absent = try_to_load_from_cache(ID, "special_tokens_map.json")
    assert not isinstance(absent, str) and absent is not None, absent
    assert os.path.basename(directory) == "0123456789abcdef0123456789abcdef01234567", directory
    assert model.num_parameters() > 0 and len(tokenizer("a")["input_ids"]) > 0
