"""Profiles an update of eager transformers, and writes the parts of its time beside those of the SDK's trace.

    python profile_step.py --root FOLDER --work FOLDER --threads N --output FILE
"""

import argparse
import collections
import datetime
import json
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile
from limits import token_flops
from machine import commit
from training import Steps

WARM_UPS = 3
UPDATES = 5
UPDATE = "update of the weights"
WEIGHTS = "products with weights"
PARTS = {
    UPDATE: ("aten::_fused_adamw_", "aten::_foreach_norm", "aten::linalg_vector_norm", "aten::_foreach_mul_"),
    WEIGHTS: ("aten::mm", "aten::addmm", "aten::addmm_"),
    "products within attention": ("aten::bmm", "aten::baddbmm"),
    "dropout": ("aten::bernoulli_", "aten::masked_fill_", "aten::div_"),
    "softmax": ("aten::_softmax", "aten::_softmax_backward_data", "aten::_log_softmax", "aten::_log_softmax_backward_data"),
    "copies and zeros": ("aten::copy_", "aten::fill_", "aten::cat", "aten::zero_"),
}
REST = "everything else"


def own_times(trace):
    """The time of each operation without what it calls, in ms, from a trace in Chrome's format."""
    data = json.loads(Path(trace).read_text())
    everything = data if isinstance(data, list) else data["traceEvents"]
    # Newer traces have spans of other kinds beside operations; those of DJL's PyTorch have operations only.
    events = [e for e in everything if e.get("ph") == "X" and "dur" in e and e.get("cat", "cpu_op") in ("cpu_op", "foreground")]
    threads = collections.defaultdict(list)
    for event in events:
        threads[event["tid"]].append(event)
    times = collections.Counter()
    for own in threads.values():
        own.sort(key=lambda e: (e["ts"], -e["dur"]))
        stack = []
        for event in own:
            while stack and stack[-1]["ts"] + stack[-1]["dur"] <= event["ts"]:
                stack.pop()
            if stack:
                times[stack[-1]["name"]] -= event["dur"] / 1e3
            times[event["name"]] += event["dur"] / 1e3
            stack.append(event)
    return times


def parts(times):
    result = {part: sum(times[name] for name in names) for part, names in PARTS.items()}
    result[REST] = sum(times.values()) - sum(result.values())
    return result


def transformers_times(work):
    steps = Steps(str(work / "model"), "eager")
    command = {
        "data": str(work / "step.jsonl"), "batch_size": 4, "max_source_tokens": 512, "max_target_tokens": 96,
        "dropout": 0.1, "learning_rate": 1e-4, "precision": "fp32",
    }

    def run():
        steps.run(command)

    for _ in range(WARM_UPS):
        run()
    for number in range(UPDATES):
        with profile(activities=[ProfilerActivity.CPU]) as measured:
            run()
        measured.export_chrome_trace(str(work / f"profile-transformers-{number}.json"))
    return fastest(work, "profile-transformers-")


def fastest(work, prefix):
    """The parts of the fastest update, which was disturbed least."""
    traces = [parts(own_times(work / f"{prefix}{number}.json")) for number in range(UPDATES)]
    return min(traces, key=lambda trace: sum(trace.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    sdk, eager = fastest(args.work, "profile-sdk-"), transformers_times(args.work)
    rows = [json.loads(line) for line in (args.work / "step.jsonl").read_text(encoding="utf-8").splitlines()]
    source, target = token_flops(json.loads((args.work / "model" / "config.json").read_text()))
    result = {
        "date": datetime.date.today().isoformat(),
        "commit": commit(args.root),
        "threads": args.threads,
        "parts": {"sdk": sdk, "eager": eager},
        "flops_per_second": len(rows) * (512 * source + 96 * target) / (sdk[WEIGHTS] / 1e3),
        "update_seconds": sdk[UPDATE] / 1e3,
    }
    args.output.write_text(json.dumps(result, indent=1) + "\n")
    for part in sdk:
        print(f"{part:24} {sdk[part]:6.0f} {eager[part]:6.0f} ms")


if __name__ == "__main__":
    main()
