"""Writes golden/optimizers.json, golden/schedules.json and golden/bf16.json.

What Adafactor of transformers and AdamW with RMS scaling do to given weights and gradients, the
learning rates of the schedules of transformers, and products in bfloat16 with their gradients.
Needs torch 2.13.0 and transformers 4.57.6 (the versions are checked). Run in the module's folder:

    python src/test/python/optimizer_golden.py src/test/resources/golden
"""

import json
import math
import os
import sys

import torch
import transformers
from transformers import optimization

assert torch.__version__.split("+")[0] == "2.13.0", torch.__version__
assert transformers.__version__ == "4.57.6", transformers.__version__

SHAPES = {
    "shared.weight": (4, 3),
    "encoder.block.0.layer.0.layer_norm.weight": (3,),
    "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight": (5, 2),
    "encoder.block.0.layer.0.SelfAttention.q.weight": (3, 6),
}
NO_DECAY = ("layer_norm", "bias")
STEPS = 12


class ScaledAdamW(torch.optim.Optimizer):
    """The update of nanoT5's AdamWScale, written from its formula."""

    def __init__(self, groups, lr, betas=(0.9, 0.999), eps=1e-6):
        super().__init__(groups, {"lr": lr, "betas": betas, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for w in group["params"]:
                state = self.state[w]
                t = state["t"] = state.get("t", 0) + 1
                m = state["m"] = beta1 * state.get("m", torch.zeros_like(w)) + (1 - beta1) * w.grad
                v = state["v"] = beta2 * state.get("v", torch.zeros_like(w)) + (1 - beta2) * w.grad**2
                rate = group["lr"] * max(1e-3, w.pow(2).mean().sqrt().item())
                rate *= math.sqrt(1 - beta2**t) / (1 - beta1**t)
                w -= rate * m / (v.sqrt() + group["eps"])
                w *= 1 - group["lr"] * group["weight_decay"]


def adafactor(groups, lr, **options):
    return optimization.Adafactor(groups, lr=lr, relative_step=False, **options)


RUNS = [
    ("adafactor", 1e-2, 0.0, {"scale_parameter": False}),
    ("adafactor", 1e-2, 0.1, {"scale_parameter": True}),
    ("adafactor", 1e-2, 0.1, {"scale_parameter": False, "beta1": 0.9}),
    ("adafactor", 5e-2, 0.2, {"scale_parameter": True, "beta1": 0.5, "clip_threshold": 0.25, "decay_rate": -0.5}),
    ("scaled_adamw", 2e-2, 0.0, {}),
    ("scaled_adamw", 2e-2, 0.1, {"betas": (0.8, 0.99), "eps": 1e-3}),
]


def start():
    """Returns first weights and the gradients of all steps, the same in every run."""
    generator = torch.Generator().manual_seed(7)
    weights = {n: torch.randn(s, generator=generator) for n, s in SHAPES.items()}
    # One parameter is zero, for the least size of a parameter.
    weights["decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"].zero_()
    gradients = [
        {n: 0.05 * (step + 1) * torch.randn(s, generator=generator) for n, s in SHAPES.items()}
        for step in range(STEPS)
    ]
    return weights, gradients


def flat(tensors):
    return {n: t.detach().flatten().tolist() for n, t in tensors.items()}


def run(name, rate, weight_decay, options):
    first, gradients = start()
    weights = {n: torch.nn.Parameter(w) for n, w in first.items()}
    groups = [
        {"params": [w for n, w in weights.items() if not any(p in n for p in NO_DECAY)], "weight_decay": weight_decay},
        {"params": [w for n, w in weights.items() if any(p in n for p in NO_DECAY)], "weight_decay": 0.0},
    ]
    make = {"adafactor": adafactor, "scaled_adamw": ScaledAdamW}[name]
    optimizer = make(groups, lr=rate, **options)
    steps = []
    for step in gradients:
        for n, w in weights.items():
            w.grad = step[n].clone()
        optimizer.step()
        steps.append(flat(weights))
    return {
        "optimizer": name,
        "learning_rate": rate,
        "weight_decay": weight_decay,
        "options": {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()},
        "weights": steps,
    }


def rates(make, total):
    """Returns the learning rates of a training whose peak is 1."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = make(optimizer, total)
    values = []
    for _ in range(total):
        values.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return values


def schedules():
    o = optimization
    runs = []
    for total in (1, 7, 40):
        for warmup in (0, 1, total // 4):
            for decay, minimum, make in [
                ("constant", 0, lambda p, n: o.get_constant_schedule_with_warmup(p, warmup)),
                ("linear", 0, lambda p, n: o.get_linear_schedule_with_warmup(p, warmup, n)),
                ("cosine", 0, lambda p, n: o.get_cosine_schedule_with_warmup(p, warmup, n)),
                (
                    "cosine",
                    0.1,
                    lambda p, n: o.get_cosine_with_min_lr_schedule_with_warmup(p, warmup, n, min_lr_rate=0.1),
                ),
                ("inverse_square_root", 0, lambda p, n: o.get_inverse_sqrt_schedule(p, warmup)),
            ]:
                runs.append(
                    {
                        "decay": decay,
                        "warmup_steps": warmup,
                        "decay_steps": 0,
                        "minimum_ratio": minimum,
                        "rates": rates(make, total),
                    }
                )
    for total, warmup, steps in [(7, 2, 3), (40, 5, 10), (40, 0, 40)]:
        for decay, name in [("linear", "linear"), ("cosine", "cosine"), ("1-sqrt", "one_minus_square_root")]:
            for minimum in (0.0, 0.1):
                make = lambda p, n: o.get_wsd_schedule(
                    p, warmup, steps, num_training_steps=n, decay_type=decay, min_lr_ratio=minimum
                )
                runs.append(
                    {
                        "decay": name,
                        "warmup_steps": warmup,
                        "decay_steps": steps,
                        "minimum_ratio": minimum,
                        "rates": rates(make, total),
                    }
                )
    return runs


def between_one_and_two(generator, *shape):
    """Numbers whose products in bfloat16 have an exact sum in float32, in any order."""
    signs = torch.randint(0, 2, shape, generator=generator) * 2 - 1
    return ((1 + torch.rand(shape, generator=generator)) * signs).requires_grad_()


def product(kind, compute, *factors, generator):
    result = compute(*(f.bfloat16() for f in factors)).float()
    upstream = between_one_and_two(generator, *result.shape).detach()
    result.backward(upstream)
    values = lambda t: {"shape": list(t.shape), "values": t.detach().flatten().tolist()}
    return {
        "kind": kind,
        "factors": [values(f) for f in factors],
        "upstream": values(upstream),
        "result": values(result),
        "gradients": [values(f.grad) for f in factors],
    }


def products():
    g = torch.Generator().manual_seed(11)
    random = lambda *shape: between_one_and_two(g, *shape)
    return [
        product("linear", torch.nn.functional.linear, random(2, 5, 12), random(7, 12), generator=g),
        product("matmul", torch.matmul, random(2, 3, 4, 8), random(2, 3, 8, 6), generator=g),
    ]


def write(name, content):
    with open(os.path.join(sys.argv[1], name), "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.write("\n")


versions = {"torch": "2.13.0", "transformers": "4.57.6"}
weights, gradients = start()
write(
    "optimizers.json",
    versions
    | {
        "shapes": {n: list(s) for n, s in SHAPES.items()},
        "start": flat(weights),
        "gradients": [flat(g) for g in gradients],
        "runs": [run(*r) for r in RUNS],
    },
)
write("schedules.json", versions | {"runs": schedules()})
write("bf16.json", versions | {"products": products()})
