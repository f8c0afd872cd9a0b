"""Writes BENCHMARKS.md and one plot for each table from saved results."""

import json
import math
from pathlib import Path
from statistics import mean
from statistics import stdev as deviation

from limits import limit
from plots import draw
from summaries import (
    SIDES,
    axis_label,
    base_of,
    difference,
    faster_than,
    median,
    spread,
    unit,
)

HERE = Path(__file__).resolve().parent
# Written by benchmarks/profile.
PROFILE = HERE.parent / "results" / "profile.json"

TITLES = {
    "step": "Training step",
    "epoch-scitldr": "Epoch from texts to weights: SciTLDR",
    "epoch-banking77": "Epoch from texts to weights: banking77",
    "losses": "Validation loss per step",
    "greedy": "Greedy generation",
    "beam": "Beam search",
    "start": "From the start of the process to the first summary",
    "memory": "Peak memory",
    "growth": "How time grows with rows and tokens",
}
# The ratio that is asked for of the SDK in the cases of a group, by the precision.
TARGETS = {
    "step": lambda title, dtype: 1.15,
    "epoch-scitldr": lambda title, dtype: 1.5,
    "epoch-banking77": lambda title, dtype: 3.0,
    "greedy": lambda title, dtype: 1.25 if dtype == "fp32" else 2.0,
    "beam": lambda title, dtype: 1.5,
    "start": lambda title, dtype: 2.0,
    "memory": lambda title, dtype: 1.0,
}
NOTES = {
    "step": "Equal losses are checked with dropout 0 over three updates; the timed updates have dropout 0.1.",
    "epoch-scitldr": "Time from the texts to the trained weights: all texts of the data set are tokenized, and each is trained with once; evaluations are"
    " not part of it. The texts are long, and the SDK groups examples of similar length (`groupByLength(true)`); `Seq2SeqTrainer` has its default, random"
    " batches. Batch size and learning rate are equal. Each side trains once.",
    "epoch-banking77": "Time from the texts to the trained weights: all texts of the data set are tokenized, and each is trained with once; evaluations are"
    " not part of it. Both sides have their defaults, random batches. Batch size and learning rate are equal. Each side trains once.",
    "losses": "Whole epochs again, as above but untimed, each in a process with one thread, evaluated on 512 rows that were held out; loss in nats per target"
    " token. Of several seeds the standard deviation stands after ±, and behind a difference its standard error. With the same batches and no dropout nothing but"
    " rounding is left between the sides; what it changes grows until, late in the epoch, it shows. A run fails where the means of each side's defaults are more"
    " than 2 % and more than two standard errors apart at the end of the epoch, or the losses of the same batches without dropout more than 2 % after half of it."
    " Trainings that were made before are kept in `benchmarks/output/side-by-side/losses`, until that folder is deleted.",
    "greedy": "bf16 and int8 are compared with Python's 32-bit floats, as nobody is forced to use them, and beside it with"
    " Python at the same precision.",
    "memory": "The greatest resident memory of a process of its own (`VmHWM`) that does nothing else.",
    "growth": "Asked for: a time per token that does not grow with the rows, and a time that is linear in the tokens of a row. With few rows each token"
    " carries more of the reading of the weights, which is the same for one row as for many.",
    "start": "Wall clock of a whole process: start, loading of weights and tokenizer, one summary of 64 tokens, end.",
}


def load(folder):
    results = {}
    for group in TITLES:
        file = folder / f"{group}.json"
        if file.exists():
            results[group] = json.loads(file.read_text())
    return results


def cell(numbers, scale, digits):
    if len(numbers) == 1:
        return f"{numbers[0] * scale:.{digits}f} | one run"
    low, high = spread(numbers)
    return f"{median(numbers) * scale:.{digits}f} | {low * scale:.{digits}f} to {high * scale:.{digits}f}"


def output_cell(case, entry):
    seen = case.get("agreement", {}).get(entry)
    if seen is None:
        return ""
    if seen["equal_rows"] == seen["rows"]:
        return "equal"
    return f"{seen['equal_rows']} of {seen['rows']} rows equal, {seen['common_prefix']:.0%} of the tokens before the first difference"


def ratio_cell(case, entry, base):
    ratio = faster_than(case, entry, base)
    return "" if ratio is None else f"{ratio:.2f}"


def target_cell(group, case, entry):
    described = case["entries"][entry]
    if described["side"] != "sdk" or group not in TARGETS:
        return ""
    target = TARGETS[group](case["title"], described["dtype"])
    # Training is compared at equal precision, generation with Python's 32-bit floats.
    ratio = faster_than(case, entry, base_of(case, described["dtype"] if group == "step" else "fp32"))
    if ratio is None:
        return f"{target} asked for"
    return f"{target} asked for, {'met' if ratio >= target else 'not met'}"


def misses(group, case):
    return any(target_cell(group, case, entry).endswith("not met") for entry in case["entries"])


def table(group, case):
    scale, digits, name = unit(case)
    many = len({described["dtype"] for described in case["entries"].values()}) > 1
    checked = "agreement" in case
    head = ["", f"median, {name}", "middle half"]
    head += ["ratio to fp32", "ratio at equal precision"] if many else ["ratio"]
    head += ["output"] if checked else []
    head += ["target"] if group in TARGETS else []
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for entry, described in case["entries"].items():
        label = f"{SIDES[described['side']]}, {described['dtype']}"
        if "unsupported" in described:
            lines.append(f"| {label} | - | {described['unsupported']} |" + " |" * (len(head) - 3))
            continue
        cells = [label, cell(described.get("seconds") or described["bytes"], scale, digits)]
        cells += [ratio_cell(case, entry, base_of(case, dtype)) for dtype in (["fp32", described["dtype"]] if many else [described["dtype"]])]
        cells += [output_cell(case, entry)] if checked else []
        cells += [target_cell(group, case, entry)] if group in TARGETS else []
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def losses(case):
    """Validation losses by step, for an epoch."""
    measured = {entry: points for entry, points in case.get("validation_losses", {}).items() if points}
    if not measured:
        return []
    steps = apart_steps(sorted({point["step"] for points in measured.values() for point in points}))
    lines = ["", "Validation loss per target token, in nats:", ""]
    lines += ["| after step | " + " | ".join(SIDES[case["entries"][entry]["side"]] for entry in measured) + " |"]
    lines += ["|" + "---|" * (len(measured) + 1)]
    for step in steps:
        by_entry = [next((f"{p['loss']:.3f}" for p in points if p["step"] == step), "") for points in measured.values()]
        lines.append(f"| {step} | " + " | ".join(by_entry) + " |")
    return lines


def apart_steps(steps):
    """The steps without those that are close before another: an evaluation after a quarter of 1,126 updates comes four times,
    and then one at the end."""
    return [step for step, later in zip(steps, [*steps[1:], math.inf]) if later - step > 0.05 * steps[-1]]


def seeds_table(case):
    """Means over the seeds by step, and how far the SDK's is from the other side's."""
    sides = list(case["losses"])
    lines = ["| after update | " + " | ".join(SIDES[side] for side in sides) + " | difference |", "|" + "---|" * (len(sides) + 2)]
    for step in apart_steps([point["step"] for point in case["losses"][sides[0]][0]]):
        at = {
            side: [next(point["loss"] for point in points if point["step"] == step) for points in runs]
            for side, runs in case["losses"].items()
        }
        part, error = difference(at["sdk"], at["eager"])
        many = len(at["sdk"]) > 1
        cells = [f"{mean(values):.3f} ± {deviation(values):.3f}" if many else f"{mean(values):.4f}" for values in at.values()]
        cells.append(f"{part:+.1%} ± {error:.1%}" if many else f"{part:+.2%}")
        lines.append(f"| {step} | " + " | ".join(cells) + " |")
    return lines


def growth_tables(cases):
    lines = []
    for axis in ("rows", "tokens"):
        points = [case for case in cases if case["axis"] == axis]
        word = axis_label(axis, points)
        entries = list(points[0]["entries"])
        lines += ["", f"| {word} | " + " | ".join(SIDES[points[0]["entries"][e]["side"]] + ", ms per token" for e in entries) + " |"]
        lines += ["|" + "---|" * (len(entries) + 1)]
        for case in points:
            cells = []
            for entry in entries:
                numbers = case["entries"][entry].get("seconds")
                cells.append(f"{1000 * median(numbers) / (case['rows'] * case['tokens']):.2f}" if numbers else "-")
            lines.append(f"| {case['value']} | " + " | ".join(cells) + " |")
    return lines


def growth_verdict(cases):
    """What the tables say of the SDK, in two sentences."""
    per_token = {
        axis: {
            case["value"]: 1000 * median(case["entries"]["sdk fp32"]["seconds"]) / (case["rows"] * case["tokens"])
            for case in cases
            if case["axis"] == axis
        }
        for axis in ("rows", "tokens")
    }
    rows, tokens = per_token["rows"], per_token["tokens"]
    rises = [later / before - 1 for before, later in zip(rows.values(), list(rows.values())[1:])]
    least, most = min(tokens), max(tokens)
    return [
        "",
        f"From {min(rows)} to {max(rows)} rows the SDK's time per token falls from {rows[min(rows)]:.2f} to {rows[max(rows)]:.2f} ms; from one number of"
        f" rows to the next it never rises by more than {max(0, max(rises)):.1%}. {most / least:.0f} times the tokens, {most} in place of {least}, take"
        f" {most * tokens[most] / (least * tokens[least]):.1f} times as long.",
    ]


def distance(cases):
    """How far CTranslate2 is, by case and precision."""
    found = []
    for case in cases:
        for entry, described in case["entries"].items():
            own = case["entries"].get(f"sdk {described['dtype']}", {}).get("seconds")
            if described["side"] == "ctranslate2" and described.get("seconds") and own:
                where = case["title"] if len(case["title"]) < 12 else f"{case['title']}, {described['dtype']}"
                found.append(f"{where}: {median(described['seconds']) / median(own):.2f}")
    return ["", f"CTranslate2's time as a multiple of the SDK's, above 1 where the SDK is faster: {'; '.join(found)}."] if found else []


def conditions(result):
    machine = result["machine"]
    parts = [machine.get("processor", "unknown processor"), f"{machine['cores']} cores"]
    if machine.get("instructions"):
        parts.append(", ".join(machine["instructions"]))
    if machine.get("memory_gib"):
        parts.append(f"{machine['memory_gib']} GiB")
    threads = result["cases"][0].get("threads", result["threads"])
    parts.append(f"{threads} thread{'s' if threads > 1 else ''} for each side")
    named = {}
    for side, versions in result["versions"].items():
        named[SIDES[side]] = ", ".join(f"{name} {version}" for name, version in versions.items())
    commits = result["cases"][0].get("commits", [result["commit"]])
    text = f"Measured {result['date']} at commit {', '.join(commits)} on {'; '.join(parts)}"
    text += f"; load at the end {machine['load_at_end']}. "
    return text + " ".join(f"{side}: {versions}." for side, versions in named.items())


def profile_table(profile):
    sides = list(profile["parts"])
    lines = ["| ms | " + " | ".join(SIDES[side] for side in sides) + " |", "|---|" + "---|" * len(sides)]
    for part in profile["parts"][sides[0]]:
        lines.append(f"| {part} | " + " | ".join(f"{profile['parts'][side][part]:.0f}" for side in sides) + " |")
    totals = " | ".join(f"{sum(profile['parts'][side].values()):.0f}" for side in sides)
    return [
        *lines,
        f"| all operations | {totals} |",
        "",
        f"The fastest of five updates each, by the engines' profilers, {profile['threads']} threads; of the SDK, whose threads share out the rows, the time of the"
        f" first thread. Profilers slow each operation down, and eager has more of them: the sums are no times of a step. The SDK draws the zeros of dropout in Java, which its profiler does not see. Measured {profile['date']} at commit {profile['commit']}.",
    ]


def section(group, result, output, profile):
    lines = ["", f"## {TITLES[group]}", ""]
    # What another number of threads reaches says nothing here.
    profile = profile if profile and profile["threads"] == result["threads"] else None
    if group in NOTES:
        lines += [NOTES[group], ""]
    image = f"benchmark-{group}.png"
    if draw(group, result["cases"], output / image):
        lines += [f"![{TITLES[group]}]({image})", ""]
    if group == "growth":
        lines += [*growth_tables(result["cases"]), *growth_verdict(result["cases"])]
    elif group == "losses":
        for case in result["cases"]:
            count = len(case["losses"]["sdk"])
            lines += [f"**{case['title']}, {count} seed{'s' if count > 1 else ''}**", "", *seeds_table(case), ""]
    else:
        for case in result["cases"]:
            # Where a target is met nobody asks for its limit; the profile is of the machine it was made on.
            lines += [f"**{case['title']}**", "", *table(group, case), *losses(case)]
            lines += [*(limit(case, profile) if misses(group, case) else []), ""]
    lines += distance(result["cases"])
    problems = [problem for case in result["cases"] for problem in case["problems"]]
    lines += [f"- Not equal: {problem}" for problem in problems]
    return [*lines, "", conditions(result)]


def write_report(results, output, quick):
    measured = load(results)
    output.mkdir(parents=True, exist_ok=True)
    profile = json.loads(PROFILE.read_text()) if PROFILE.is_file() else None
    lines = [(HERE / "introduction.md").read_text(encoding="utf-8").rstrip()]
    if quick:
        lines += ["", "**These are the results of a quick run, good for nothing but a look.**"]
    missing = [TITLES[group] for group in TITLES if group not in measured]
    if missing:
        lines += ["", f"Not measured yet: {', '.join(missing)}."]
    for group, result in measured.items():
        lines += section(group, result, output, profile)
        if group == "step" and profile:
            lines += ["", "**Where the time goes**", "", *profile_table(profile)]
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    (output / "BENCHMARKS.md").write_text(text + "\n", encoding="utf-8")
