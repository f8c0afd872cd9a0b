"""Writes golden/training: ten updates of tiny T5 models, made by transformers and torch.

For each form of T5: the checkpoint at the start (config.json, model.safetensors), the weights at
the end (final.safetensors), and run.json with every batch, loss, gradient norm and learning rate.
Dropout is 0, so that nothing is random. Each update is made from two batches of different size;
its loss is the mean over the target tokens of both.

Needs torch 2.13.0 and transformers 4.57.6 (the versions are checked). Run in the module's folder:

    python src/test/python/training_golden.py src/test/resources/golden/training
"""

import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file
from transformers import T5Config, T5ForConditionalGeneration, get_linear_schedule_with_warmup

assert torch.__version__.split("+")[0] == "2.13.0", torch.__version__
assert transformers.__version__ == "4.57.6", transformers.__version__

FORMS = {
    "v1_0": dict(feed_forward_proj="relu", tie_word_embeddings=True),
    "v1_1": dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
}
VOCABULARY = 320  # the tokenizer of the tests has 310 tokens
STEPS, WARMUP = 10, 3
LEARNING_RATE, WEIGHT_DECAY, MAX_NORM = 3e-3, 0.1, 1.0
NO_DECAY = ("layer_norm", "bias")


def batch(rows, source, target, generator):
    """Rows of random length up to the given ones; the first row has the full length."""
    ids = torch.zeros(rows, source, dtype=torch.long)
    mask = torch.zeros(rows, source, dtype=torch.long)
    labels = torch.full((rows, target), -100)
    for row in range(rows):
        s = source if row == 0 else int(torch.randint(2, source + 1, (1,), generator=generator))
        t = target if row == 0 else int(torch.randint(2, target + 1, (1,), generator=generator))
        ids[row, : s - 1] = torch.randint(3, VOCABULARY, (s - 1,), generator=generator)
        ids[row, s - 1] = 1
        mask[row, :s] = 1
        labels[row, : t - 1] = torch.randint(3, VOCABULARY, (t - 1,), generator=generator)
        labels[row, t - 1] = 1
    return dict(input_ids=ids, attention_mask=mask, labels=labels)


def run(form, directory):
    torch.manual_seed(11)
    model = T5ForConditionalGeneration(
        T5Config(
            vocab_size=VOCABULARY,
            d_model=16,
            d_kv=6,  # heads * d_kv differs from d_model on purpose
            d_ff=32,
            num_layers=2,
            num_heads=4,
            dropout_rate=0.0,
            decoder_start_token_id=0,
            **form,
        )
    )
    model.train()
    model.save_pretrained(directory)
    named = list(model.named_parameters())
    optimizer = torch.optim.AdamW(
        [
            {
                "params": [p for n, p in named if not any(x in n for x in NO_DECAY)],
                "weight_decay": WEIGHT_DECAY,
            },
            {"params": [p for n, p in named if any(x in n for x in NO_DECAY)], "weight_decay": 0.0},
        ],
        lr=LEARNING_RATE,
    )
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)
    generator = torch.Generator().manual_seed(5)
    steps = []
    for step in range(STEPS):
        group = [batch(4, 6 + step, 5, generator), batch(3, 9, 3 + step % 4, generator)]
        tokens = sum(int((b["labels"] != -100).sum()) for b in group)
        loss = 0.0
        for b in group:
            logits = model(**b).logits
            part = torch.nn.functional.cross_entropy(
                logits.flatten(0, 1), b["labels"].flatten(), ignore_index=-100, reduction="sum"
            ) / tokens
            part.backward()
            loss += part.item()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM).item()
        rate = schedule.get_last_lr()[0]
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        batches = [
            dict(
                rows=b["input_ids"].shape[0],
                source_length=b["input_ids"].shape[1],
                target_length=b["labels"].shape[1],
                target_tokens=int((b["labels"] != -100).sum()),
                **{name: tensor.flatten().tolist() for name, tensor in b.items()},
            )
            for b in group
        ]
        steps.append(dict(batches=batches, loss=loss, norm=norm, learning_rate=rate))
    save_file(
        {n: p.detach().contiguous() for n, p in named}, directory / "final.safetensors", {"format": "pt"}
    )
    golden = dict(
        torch="2.13.0",
        transformers="4.57.6",
        learning_rate=LEARNING_RATE,
        weight_decay=WEIGHT_DECAY,
        warmup_steps=WARMUP,
        total_steps=STEPS,
        max_norm=MAX_NORM,
        steps=steps,
    )
    with open(directory / "run.json", "w", encoding="utf-8") as file:
        json.dump(golden, file)
        file.write("\n")


torch.set_num_threads(1)
target = pathlib.Path(sys.argv[1])
for name, form in FORMS.items():
    (target / name).mkdir(parents=True, exist_ok=True)
    run(form, target / name)
