"""Generates the validation texts of trained models in every format of weights, and measures what the formats cost in quality.

    python measure.py --generate "samples/run generate" --set NAME MODEL VALIDATION.jsonl LIMITS ... --results FILE --page FILE
"""

import argparse
import datetime
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[1]
sys.path += [str(root / "parity"), str(root / "side_by_side")]

from machine import machine  # noqa: E402
from measures import fingerprint, score_texts  # noqa: E402

FORMATS = ["float32", "bfloat16", "int8"]
BATCH = 16
METRICS = {
    "banking77": {"exact_match": "exact match"},
    "scitldr": {"rouge1_stemmed": "ROUGE-1", "rouge2_stemmed": "ROUGE-2", "rougeL_stemmed": "ROUGE-L"},
}


def weight_bytes(printed):
    """Reads the line of T5Model.memory(), for example "7.3 MB of weights, 5.4 MB of them mapped {float32=5406720, int8=1024}"."""
    lines = re.findall(r"MB of weights, .* mapped \{(.*)\}", printed)
    if len(lines) != 1:
        raise SystemExit(f"samples/run generate printed no line about the weights:\n{printed}")
    return {name: int(size) for name, size in (part.split("=") for part in lines[0].split(", "))}


def generate(command, model, dtype, limits, sources, output):
    run = subprocess.run(
        [*command, "--model", model, "--dtype", dtype, "--input", sources, "--output", output, "--batch-size", str(BATCH),
         "--max-source-tokens", limits["--max-source-tokens"], "--max-new-tokens", limits["--max-target-tokens"]],
        stderr=subprocess.PIPE, text=True, check=False,
    )
    if run.returncode != 0:
        raise SystemExit(f"samples/run generate --dtype {dtype} failed:\n{run.stderr}")
    with output.open(encoding="utf-8") as file:
        return [json.loads(line)["generated"] for line in file], weight_bytes(run.stderr)


def measure(command, work, name, model, validation, limits):
    with validation.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    work.mkdir(parents=True, exist_ok=True)
    sources = work / f"{name}-sources.jsonl"
    sources.write_text("".join(json.dumps({"text": row["source"]}) + "\n" for row in rows), encoding="utf-8")
    references = [row["target"] for row in rows]
    config = json.loads((Path(model) / "config.json").read_text())
    formats, exact = {}, None
    for dtype in FORMATS:
        print(f"== {name}: {dtype}", file=sys.stderr)
        texts, size = generate(command, model, dtype, limits, sources, work / f"{name}-{dtype}.jsonl")
        if len(texts) != len(rows):
            raise SystemExit(f"{name}, {dtype}: {len(texts)} texts for {len(rows)} rows")
        exact = texts if exact is None else exact
        scores = score_texts(texts, references)
        formats[dtype] = {
            **{key: scores[key] for key in METRICS[name]},
            "equal_to_float32": sum(a == b for a, b in zip(texts, exact)) / len(rows),
            "weight_bytes": size,
        }
    return {
        "model": fingerprint(model),
        "validation_sha256": hashlib.sha256(validation.read_bytes()).hexdigest()[:16],
        "shape": {key: config[key] for key in ("num_layers", "num_decoder_layers", "d_model", "d_ff", "vocab_size")},
        "rows": len(rows),
        "batch_size": BATCH,
        "max_source_tokens": int(limits["--max-source-tokens"]),
        "max_new_tokens": int(limits["--max-target-tokens"]),
        "formats": formats,
    }


def packed(formats, dtype):
    """Bytes that are packed for a format: all beyond the checkpoint's own, which a run in another format shows."""
    other = formats["int8" if dtype == "float32" else dtype]["weight_bytes"]["float32"]
    return sum(formats[dtype]["weight_bytes"].values()) - other


def table(name, result):
    formats = result["formats"]
    keys = METRICS[name]
    yield f"\n### {name}: {result['rows']:,} rows\n"
    yield f"| format | {' | '.join(keys.values())} | texts equal to float32's | packed for scoring | all weights |"
    yield "|---" * (len(keys) + 4) + "|"
    for dtype in FORMATS:
        values = formats[dtype]
        cells = []
        for key in keys:
            change = "" if dtype == "float32" else f" ({round(100 * (values[key] - formats['float32'][key]), 2) + 0.0:+.2f})"
            cells.append(f"{100 * values[key]:.2f}{change}")
        total = sum(values["weight_bytes"].values())
        cells += [f"{100 * values['equal_to_float32']:.1f} %", f"{packed(formats, dtype):,} bytes", f"{total:,} bytes"]
        yield f"| {dtype} | {' | '.join(cells)} |"


def page(report):
    machine_of = report["machine"]
    instructions = ", ".join(machine_of.get("instructions", [])) or "unknown"
    yield "# Quality of scoring in bfloat16 and int8"
    yield ""
    yield "`benchmarks/quality/run` writes this page and `benchmarks/results/quality.json`; nothing here is typed by hand."
    yield ""
    yield "**What was measured.** A T5 that the SDK trained on each data set, with the options of `benchmarks/parity/run` (see PARITY.md), generates"
    yield "the validation rows greedily with `samples/run generate --dtype`, in each format of `T5Model.scoreIn(WeightFormat)`. Nothing is trained or"
    yield "calibrated for a format. Exact match is in percent of the rows; ROUGE is that of rouge_score, with stems, times 100; in parentheses"
    yield "stands the difference to float32 in points. Bytes are those of `T5Model.memory()`: all weights are the checkpoint's, which stay mapped from"
    yield "the file, and what is packed for scoring."
    for name, result in report["sets"].items():
        yield from table(name, result)
        shape = result["shape"]
        yield ""
        yield (
            f"{shape['num_layers']} + {shape['num_decoder_layers']} layers, d_model {shape['d_model']}, vocabulary {shape['vocab_size']:,};"
            f" batches of {result['batch_size']}, sources cut at {result['max_source_tokens']} tokens, at most {result['max_new_tokens']} generated."
        )
    yield ""
    yield "## What this does not show"
    yield ""
    yield "- The models are tiny and learned from a few thousand rows. Models of the size people use have other distributions of weights and"
    yield "  activations, outliers among them; measure your own with `samples/run evaluate --dtype`."
    yield "- One model for each data set, so there is no spread from seed to seed; a difference of a few rows is noise."
    for name, result in report["sets"].items():
        if "exact_match" in METRICS[name]:
            yield f"  One row of {name} is {100 / result['rows']:.2f} points."
    yield "- Where texts are far from their references, as SciTLDR's are here, scores go up or down by chance when texts change; look at the share of"
    yield "  equal texts there."
    yield "- In int8, inputs of a batch are quantized together, so texts depend a little on the batch size."
    yield "- Greedy search only, and no times: those are in BENCHMARKS.md."
    yield ""
    yield (
        f"Measured {report['date']} on {machine_of.get('processor', 'an unknown processor')}, {machine_of['cores']} cores, instructions {instructions},"
        f" one thread."
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generate", required=True, help="the program and its subcommand, with a blank between")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is generated")
    parser.add_argument("--set", nargs=4, action="append", required=True, metavar=("NAME", "MODEL", "VALIDATION", "LIMITS"))
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--page", type=Path, required=True)
    args = parser.parse_args()
    command = args.generate.rsplit(" ", 1)
    report = {"date": datetime.date.today().isoformat(), "sets": {}}
    for name, model, validation, limits in args.set:
        words = limits.split()
        report["sets"][name] = measure(command, args.work, name, model, Path(validation), dict(zip(words[::2], words[1::2])))
    report["machine"] = machine()
    args.results.write_text(json.dumps(report, indent=2) + "\n")
    args.page.write_text("\n".join(page(report)) + "\n")
    print("\n".join(line for name, result in report["sets"].items() for line in table(name, result)))


if __name__ == "__main__":
    main()
