"""Adapters and merged checkpoints between the SDK, peft and transformers, for PeftTest.

    python check_adapters.py REQUEST.json ANSWER.json

The request is a list of objects with "base", "rows", "input_ids", "attention_mask", "labels" and
"max_new_tokens". With "adapter", that adapter is loaded; with "train", an adapter with these
settings is trained for some steps and saved as "saved"; without both, the base itself is saved as
"saved". The answer has for each the "logits" and the ids "generated".
"""

import json
import pathlib
import shutil
import sys

import torch
from transformers import AutoModelForSeq2SeqLM

torch.set_num_threads(1)


def train(model, request, ids, mask, labels):
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(5)
    model = get_peft_model(model, LoraConfig(task_type="SEQ_2_SEQ_LM", **request["train"])).train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.05)
    for _ in range(5):
        optimizer.zero_grad()
        model(input_ids=ids, attention_mask=mask, labels=labels).loss.backward()
        optimizer.step()
    model.save_pretrained(request["saved"])
    return model


def adapted(request, ids, mask, labels):
    model = AutoModelForSeq2SeqLM.from_pretrained(request["base"])
    if "train" in request:
        return train(model, request, ids, mask, labels)
    if "adapter" in request:
        from peft import PeftModel

        return PeftModel.from_pretrained(model, request["adapter"])
    saved = pathlib.Path(request["saved"])
    model.save_pretrained(saved)
    # Only the weights are of interest here, and a checkpoint without a tokenizer is none.
    for file in pathlib.Path(request["base"]).glob("*token*"):
        shutil.copy(file, saved)
    return model


def answer(request):
    ids, mask, labels = (
        torch.tensor(request[name]).view(request["rows"], -1)
        for name in ("input_ids", "attention_mask", "labels")
    )
    model = adapted(request, ids, mask, labels).eval()
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=mask, labels=labels).logits
        out = model.generate(
            input_ids=ids,
            attention_mask=mask,
            max_new_tokens=request["max_new_tokens"],
            num_beams=1,
            do_sample=False,
        )
    rows = [row[: row.index(1) + 1] if 1 in row else row for row in out[:, 1:].tolist()]
    return dict(logits=logits.flatten().tolist(), generated=rows)


with open(sys.argv[1], encoding="utf-8") as file:
    requests = json.load(file)
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump([answer(request) for request in requests], file)
