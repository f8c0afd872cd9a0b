"""Writes losses with label smoothing and z-loss, and their gradients, for TokenLossTest.

    $(bash environment.sh 4) objective_golden.py ../resources/golden/objective.json

Label smoothing is that of LabelSmoother in transformers 4.57.6. The z-loss is the sum of squared log-normalizers over the
real tokens, as in losses.py of google-research/t5x.
"""

import json
import sys
from pathlib import Path

import torch
from transformers.trainer_pt_utils import LabelSmoother

torch.manual_seed(5)
TOKENS, VOCABULARY = 6, 11
logits = torch.randn(TOKENS, VOCABULARY) * 3
targets = torch.randint(0, VOCABULARY, (TOKENS,))
cases = []
for smoothing, z in [(0.0, 0.0), (0.1, 0.0), (0.0, 1e-2), (0.2, 1e-2)]:
    x = logits.clone().requires_grad_(True)
    mean = LabelSmoother(epsilon=smoothing)({"logits": x.unsqueeze(0)}, targets.unsqueeze(0))
    loss = mean * TOKENS + z * torch.logsumexp(x, -1).square().sum()
    loss.backward()
    cases.append({"label_smoothing": smoothing, "z_loss": z, "loss": loss.item(), "gradient": x.grad.flatten().tolist()})
Path(sys.argv[1]).write_text(
    json.dumps(
        {"vocabulary": VOCABULARY, "logits": logits.flatten().tolist(), "targets": targets.tolist(), "cases": cases}
    )
)
