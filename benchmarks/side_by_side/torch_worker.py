"""The Python side of benchmarks/run: reads commands, one JSON object a line, and answers each with one line.

    python torch_worker.py MODEL eager|sdpa THREADS

The commands are those of io.refract.benchmarks.Worker. While no command is there, nothing runs.
"""

import json
import sys
import time
import traceback

import torch
import transformers
from training import Epoch, Steps
from transformers import T5ForConditionalGeneration


class Unsupported(Exception):
    """Says that this side has no such thing; the report shows the reason."""


class Generation:
    """Generates for one batch of token ids. The models stay loaded, one for each dtype."""

    def __init__(self, model, attention):
        self.directory = model
        self.attention = attention
        self.models = {}

    def model(self, dtype):
        if dtype not in self.models:
            types = {"fp32": torch.float32, "bf16": torch.bfloat16, "int8": torch.float32}
            model = T5ForConditionalGeneration.from_pretrained(
                self.directory, dtype=types[dtype], attn_implementation=self.attention
            ).eval()
            if dtype == "int8":
                try:
                    model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
                except (AttributeError, NotImplementedError, RuntimeError) as e:
                    raise Unsupported(f"torch has no dynamic quantization here: {e}") from e
            self.models[dtype] = model
        return self.models[dtype]

    def run(self, command):
        sources = command["sources"]
        model = self.model(command["dtype"])
        width = max(map(len, sources))
        ids = torch.tensor([source + [0] * (width - len(source)) for source in sources])
        mask = torch.tensor([[1] * len(source) + [0] * (width - len(source)) for source in sources])
        start = time.perf_counter()
        with torch.inference_mode():
            result = model.generate(
                input_ids=ids, attention_mask=mask, max_new_tokens=command["new_tokens"], num_beams=command["beams"],
                do_sample=False,
            )
            rows = result[:, 1:].tolist()
        return {"seconds": time.perf_counter() - start, "ids": [until_end(row) for row in rows]}


def until_end(row):
    return row[: row.index(1) + 1] if 1 in row else row


def memory(_):
    """The most memory that was resident at any time, in bytes."""
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
    return {"bytes": 1024 * int(line.split()[1])}


def versions(_):
    return {"Python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers.__version__}


def answer(cases, line):
    command = json.loads(line)
    try:
        return cases[command["case"]](command)
    except Unsupported as e:
        return {"unsupported": str(e)}
    except Exception as e:  # The process lives on; whoever asked decides.
        traceback.print_exc()
        return {"error": f"{type(e).__name__}: {e}"}


def main():
    model, attention, threads = sys.argv[1:4]
    # Only answers may reach the standard output, whatever a library prints.
    answers, sys.stdout = sys.stdout, sys.stderr
    torch.set_num_threads(int(threads))
    transformers.logging.set_verbosity_error()
    cases = {
        "generate": Generation(model, attention).run,
        "step": Steps(model, attention).run,
        "epoch": Epoch(model, attention).run,
        "memory": memory,
        "versions": versions,
    }
    for line in sys.stdin:
        print(json.dumps(answer(cases, line)), file=answers, flush=True)


if __name__ == "__main__":
    main()
