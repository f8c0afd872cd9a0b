"""Loads checkpoints that the SDK wrote and generates from them, for TransformersTest.

    python check_checkpoints.py REQUEST.json ANSWER.json

The request is a list of {"directory", "max_new_tokens", and "batches": [{"rows", "input_ids",
"attention_mask"}] or "texts"}. The answer has, for each, "generated": ids without start token and
padding, "missing" and "unexpected" weights, and for texts "input_ids" and "decoded".
"""

import json
import sys

import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

torch.set_num_threads(1)


def generate(model, ids, mask, max_new_tokens):
    out = model.generate(
        input_ids=ids, attention_mask=mask, max_new_tokens=max_new_tokens, num_beams=1, do_sample=False
    )
    rows = []
    for row in out[:, 1:].tolist():
        rows.append(row[: row.index(1) + 1] if 1 in row else row)
    return rows


def answer(request):
    directory = request["directory"]
    model, info = AutoModelForSeq2SeqLM.from_pretrained(directory, output_loading_info=True)
    model.eval()
    result = dict(
        missing=sorted(info["missing_keys"]), unexpected=sorted(info["unexpected_keys"]), generated=[]
    )
    for batch in request.get("batches", []):
        ids = torch.tensor(batch["input_ids"]).view(batch["rows"], -1)
        mask = torch.tensor(batch["attention_mask"]).view(batch["rows"], -1)
        result["generated"] += generate(model, ids, mask, request["max_new_tokens"])
    if "texts" in request:
        tokenizer = AutoTokenizer.from_pretrained(directory)
        encoded = tokenizer(request["texts"], return_tensors="pt", padding=True)
        ids, mask = encoded["input_ids"], encoded["attention_mask"]
        result["input_ids"] = [row[bits.bool()].tolist() for row, bits in zip(ids, mask)]
        result["generated"] = generate(model, ids, mask, request["max_new_tokens"])
        result["decoded"] = tokenizer.batch_decode(result["generated"], skip_special_tokens=True)
    return result


with open(sys.argv[1], encoding="utf-8") as file:
    requests = json.load(file)
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump([answer(request) for request in requests], file)
