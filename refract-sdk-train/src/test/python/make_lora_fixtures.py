"""Makes the LoRA fixtures under src/test/resources/golden/lora: adapters as Hugging Face peft writes
them, for checkpoints of golden/t5, and what peft computes with them.

Run it from the module's folder with the environment `environment.sh peft`:

    python src/test/python/make_lora_fixtures.py

Each directory holds adapter_config.json and adapter_model.safetensors, and beside them
expected.safetensors: for the first batch of the base's expected.json the logits, the mean loss, and
its gradient in every A and B (gradient.NAME), and the weights that merging changes (merged.NAME).
All is computed in float32 with eager attention on one thread, without dropout. expected.json has
the base, and the ids of greedy search.
"""

import json
import os
import pathlib
import shutil

os.environ["HF_HUB_OFFLINE"] = "1"

import peft
import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import T5ForConditionalGeneration

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "resources" / "golden"
FORMS = {
    "defaults": ("v1_0", 0.2, dict()),
    "rslora": (
        "v1_1",
        0.03,
        dict(
            r=4,
            lora_alpha=16,
            lora_dropout=0.1,
            use_rslora=True,
            target_modules=["q", "k", "v", "o", "wi_0", "wi_1", "wo"],
        ),
    ),
    "patterns": (
        "inner_width",
        0.2,
        dict(
            r=3,
            lora_alpha=5,
            target_modules=r"decoder\..*\.(EncDecAttention\.[qo]|wo)",
            rank_pattern={"wo": 2, r"block\.1\.layer\.1\.EncDecAttention\.q": 6},
            alpha_pattern={r"block\.\d+\.layer\.2\..*": 7},
        ),
    ),
}
MAX_NEW_TOKENS = 24


def ids_of(model, ids, mask):
    out = model.generate(
        input_ids=ids, attention_mask=mask, max_new_tokens=MAX_NEW_TOKENS, num_beams=1, do_sample=False
    )
    return [row[: row.index(1) + 1] if 1 in row else row for row in out[:, 1:].tolist()]


def make(form):
    base, noise, options = FORMS[form]
    directory = GOLDEN / "lora" / form
    shutil.rmtree(directory, ignore_errors=True)
    network = T5ForConditionalGeneration.from_pretrained(GOLDEN / "t5" / base, attn_implementation="eager")
    original = {name: weight.clone() for name, weight in network.state_dict().items()}
    torch.manual_seed(11)
    model = get_peft_model(network, LoraConfig(task_type="SEQ_2_SEQ_LM", **options)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                # The larger the scale the less: or float32 itself would be too coarse to compare.
                parameter += noise * torch.randn_like(parameter)
    model.peft_config["default"].base_model_name_or_path = "golden/" + base
    model.save_pretrained(directory)
    (directory / "README.md").unlink()

    with open(GOLDEN / "t5" / base / "expected.json", encoding="utf-8") as file:
        batch = json.load(file)["batches"][0]
    ids, mask, labels = (
        torch.tensor(batch[name]).view(batch["rows"], -1) for name in ("input_ids", "attention_mask", "labels")
    )
    out = model(input_ids=ids, attention_mask=mask, labels=labels)
    out.loss.backward()
    tensors = {"logits": out.logits.detach(), "loss": out.loss.detach().view(1)}
    for name, parameter in model.named_parameters():
        assert parameter.requires_grad == ("lora_" in name)
        if parameter.requires_grad:
            tensors["gradient." + name.replace(".default", "")] = parameter.grad.clone()
    generated = ids_of(model, ids, mask)
    merged = model.merge_and_unload().state_dict()
    for name, weight in merged.items():
        if not torch.equal(weight, original[name]):
            tensors["merged." + name] = weight.clone()
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, directory / "expected.safetensors")
    golden = dict(
        peft=peft.__version__,
        torch=torch.__version__.split("+")[0],
        transformers=transformers.__version__,
        base=base,
        max_new_tokens=MAX_NEW_TOKENS,
        generated=generated,
    )
    with open(directory / "expected.json", "w", encoding="utf-8") as file:
        json.dump(golden, file)
        file.write("\n")
    print(form, sum("gradient" in name for name in tensors), "arrays", sum("merged" in name for name in tensors), "merged")


assert torch.__version__.split("+")[0] == "2.13.0", torch.__version__
assert transformers.__version__ == "4.57.6", transformers.__version__
assert peft.__version__ == "0.21.2", peft.__version__
torch.set_num_threads(1)
for name in FORMS:
    make(name)
