"""Writes golden/adamw.json: what torch.optim.AdamW does to given weights and gradients.

Needs torch 2.13.0 and transformers 4.57.6 (the versions are checked). Run in the module's folder:

    python src/test/python/adamw_golden.py src/test/resources/golden/adamw.json
"""

import json
import sys

import torch
import transformers
from transformers import get_constant_schedule_with_warmup, get_linear_schedule_with_warmup

assert torch.__version__.split("+")[0] == "2.13.0", torch.__version__
assert transformers.__version__ == "4.57.6", transformers.__version__

SHAPES = {
    "shared.weight": (4, 3),
    "encoder.block.0.layer.0.layer_norm.weight": (3,),
    "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight": (5, 2),
    "encoder.block.0.layer.0.SelfAttention.q.weight": (3, 6),
}
NO_DECAY = ("layer_norm", "bias")
SCHEDULES = {
    "linear": lambda o: get_linear_schedule_with_warmup(o, num_warmup_steps=3, num_training_steps=12),
    "constant": lambda o: get_constant_schedule_with_warmup(o, num_warmup_steps=3),
}
STEPS = 12
MAX_NORM = 1.0


def run(weight_decay, schedule_name):
    generator = torch.Generator().manual_seed(7)
    weights = {n: torch.nn.Parameter(torch.randn(s, generator=generator)) for n, s in SHAPES.items()}
    start = {n: w.detach().flatten().tolist() for n, w in weights.items()}
    decaying = [w for n, w in weights.items() if not any(p in n for p in NO_DECAY)]
    others = [w for n, w in weights.items() if any(p in n for p in NO_DECAY)]
    optimizer = torch.optim.AdamW(
        [{"params": decaying, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}],
        lr=0.01,
        betas=(0.9, 0.999),
        eps=1e-8,
    )
    schedule = SCHEDULES[schedule_name](optimizer)
    steps = []
    for step in range(STEPS):
        # Sizes around the limit, so that some steps are clipped and some are not.
        size = 0.05 * (step + 1)
        gradients = {n: size * torch.randn(s, generator=generator) for n, s in SHAPES.items()}
        for n, w in weights.items():
            w.grad = gradients[n].clone()
        norm = torch.nn.utils.clip_grad_norm_(weights.values(), MAX_NORM)
        rate = schedule.get_last_lr()[0]
        optimizer.step()
        schedule.step()
        steps.append(
            {
                "gradients": {n: g.flatten().tolist() for n, g in gradients.items()},
                "norm": norm.item(),
                "learning_rate": rate,
                "weights": {n: w.detach().flatten().tolist() for n, w in weights.items()},
            }
        )
    return {"weight_decay": weight_decay, "schedule": schedule_name, "start": start, "steps": steps}


golden = {
    "torch": "2.13.0",
    "transformers": "4.57.6",
    "learning_rate": 0.01,
    "warmup_steps": 3,
    "total_steps": STEPS,
    "max_norm": MAX_NORM,
    "shapes": {n: list(s) for n, s in SHAPES.items()},
    "runs": [run(d, s) for d in (0.0, 0.1) for s in SCHEDULES],
}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(golden, file)
    file.write("\n")
