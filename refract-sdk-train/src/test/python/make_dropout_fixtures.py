"""Writes how transformers' loss and gradients are distributed under dropout: golden/dropout.json.

    python make_dropout_fixtures.py

Dropout draws other zeros on each side, so that only distributions can be compared. The mean of the loss tells the rate and
the places of the zeros; its spread and the mean of the squared gradient norm tell whether zeros are drawn independently.
"""

import json
from pathlib import Path

import torch
from transformers import T5ForConditionalGeneration

GOLDEN = Path(__file__).resolve().parents[1] / "resources" / "golden"
DRAWS = 10_000
RATE = 0.1


def measure(form):
    directory = GOLDEN / "t5" / form
    model = T5ForConditionalGeneration.from_pretrained(directory, dropout_rate=RATE).train()
    batch = json.loads((directory / "expected.json").read_text())["batches"][0]
    inputs = {key: torch.tensor(batch[key]).view(batch["rows"], -1) for key in ("input_ids", "attention_mask", "labels")}
    torch.manual_seed(5)
    losses, norms = [], []
    for _ in range(DRAWS):
        model.zero_grad()
        loss = model(**inputs).loss
        loss.backward()
        losses.append(loss.item())
        norms.append(sum((p.grad**2).sum().item() for p in model.parameters() if p.grad is not None))
    losses, norms = torch.tensor(losses, dtype=torch.float64), torch.tensor(norms, dtype=torch.float64)
    return {
        "loss": {"mean": losses.mean().item(), "deviation": losses.std().item()},
        "squared_norm": {"mean": norms.mean().item(), "deviation": norms.std().item()},
    }


def main():
    torch.set_num_threads(1)
    result = {"draws": DRAWS, "rate": RATE, "forms": {form: measure(form) for form in ("v1_0", "v1_1")}}
    (GOLDEN / "dropout.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
