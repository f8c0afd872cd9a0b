"""Profiles a forward and backward pass of eager transformers, and writes a table of it beside the SDK's trace.

    python profile_step.py --work FOLDER --threads N --output FILE
"""

import argparse
import collections
import datetime
import json
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile
from training import Steps

WARM_UPS = 3
PARTS = {
    "matrix products": ("aten::mm", "aten::bmm", "aten::addmm"),
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
    steps.begin({
        "data": str(work / "step.jsonl"), "batch_size": 4, "max_source_tokens": 512, "max_target_tokens": 96,
        "dropout": 0.1, "learning_rate": 1e-4, "precision": "fp32",
    })

    def run():
        steps.model(**steps.batch).loss.backward()

    for _ in range(WARM_UPS):
        run()
    with profile(activities=[ProfilerActivity.CPU]) as measured:
        run()
    trace = work / "profile-transformers.json"
    measured.export_chrome_trace(str(trace))
    return own_times(trace)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    sdk, eager = parts(own_times(args.work / "profile-sdk.json")), parts(transformers_times(args.work))
    lines = ["| forward and backward, ms | Refract SDK | transformers 4, eager |", "|---|---|---|"]
    lines += [f"| {part} | {sdk[part]:.0f} | {eager[part]:.0f} |" for part in (*PARTS, REST)]
    lines += [f"| all operations | {sum(sdk.values()):.0f} | {sum(eager.values()):.0f} |", ""]
    without = sum(eager.values()) / 1.15 - sdk["matrix products"]
    lines += [
        f"One pass each, by the engines' profilers, {args.threads} threads; of the SDK, whose threads share out the rows, the time of the first thread. Measured {datetime.date.today().isoformat()} without the update of the weights. To be 1.15 times as fast as eager"
        f" transformers here, all that is no matrix product would have to take {without:.0f} ms in place of"
        f" {sum(sdk.values()) - sdk['matrix products']:.0f} ms.",
    ]
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
