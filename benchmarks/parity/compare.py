"""Draws the curves of both sides, and prints tables in Markdown of what benchmarks/parity/run left in a folder.

    python compare.py --results FOLDER --plots FOLDER

Ends with status 1 when both sides did not start alike, when their mean validation losses at the end differ by more than
2 %, or when they differ by more than 0.1 % after one epoch over the same batches without dropout.
"""

import argparse
import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plot
import numpy

LIMIT = 0.02
START_LIMIT = 1e-4
FIRST_EPOCH_LIMIT = 1e-3
SIDES = {"java": ("Refract SDK", "tab:red"), "python": ("Seq2SeqTrainer", "tab:blue")}
VARIANTS = {"usual": "dropout 0.1, each side's own batches", "same-batches": "no dropout, the same batches"}
METRICS = {
    "banking77": {"exact_match": "exact match"},
    "scitldr": {
        "rouge1_stemmed": "ROUGE-1", "rouge2_stemmed": "ROUGE-2", "rougeL_stemmed": "ROUGE-L", "rougeLsum_stemmed": "ROUGE-Lsum",
    },
}


def reports(folder, dataset, variant, side):
    files = sorted(folder.glob(f"{dataset}-{variant}-{side}-*.json"))
    return [json.loads(file.read_text()) for file in files]


def values(runs, key):
    return numpy.array([[epoch[key] for epoch in run["epochs"]] for run in runs])


def measured(run):
    """Metrics by one ruler: transformers measured the SDK's checkpoint too."""
    return run.get("metrics_by_transformers", run["metrics_after"])


def spread(numbers, digits):
    mean = numpy.mean(numbers)
    return f"{mean:.{digits}f}" if len(numbers) < 2 else f"{mean:.{digits}f} ± {numpy.std(numbers, ddof=1):.{digits}f}"


def error(java, python):
    """The standard error of the relative difference of two means."""
    if min(len(java), len(python)) < 2:
        return ""
    parts = [numpy.var(side, ddof=1) / len(side) / numpy.mean(side) ** 2 for side in (java, python)]
    return f" (standard error {numpy.sqrt(sum(parts)):.2%})"


def draw(dataset, all_runs, file):
    figure, axes = plot.subplots(1, len(VARIANTS), figsize=(10, 4), constrained_layout=True, sharey=True)
    for axis, (variant, title) in zip(axes, VARIANTS.items()):
        for side, (name, color) in SIDES.items():
            runs = all_runs[variant][side]
            validation, training = values(runs, "loss"), values(runs, "train_loss")
            epochs = numpy.arange(1, validation.shape[1] + 1)
            style = {"color": color, "marker": "o" if side == "java" else "x", "markersize": 5, "linewidth": 1.4}
            axis.plot(epochs, validation.mean(axis=0), label=f"{name}, validation", **style)
            axis.plot(epochs, training.mean(axis=0), label=f"{name}, training", **{**style, "linestyle": ":", "alpha": 0.7})
            if len(runs) > 1:
                axis.fill_between(epochs, validation.min(axis=0), validation.max(axis=0), color=color, alpha=0.15, linewidth=0)
        seeds = {side: len(all_runs[variant][side]) for side in SIDES}
        axis.set_title(f"{title}\n(seeds: SDK {seeds['java']}, Python {seeds['python']})", fontsize=10)
        axis.set_yscale("log")
        axis.set_xlabel("epoch")
        axis.grid(True, which="both", alpha=0.25)
    axes[0].set_ylabel("loss per target token, nats")
    axes[0].legend(fontsize=8)
    figure.suptitle(dataset)
    figure.savefig(file, dpi=90)
    plot.close(figure)


def compare(dataset, variant, runs):
    """Prints one table and returns what is not as it should be."""
    problems = []
    java, python = runs["java"], runs["python"]
    starts = {run["start"] for run in java + python}
    if len(starts) != 1:
        problems.append(f"{dataset}, {variant}: the runs start from different models: {sorted(starts)}")
    before = [numpy.mean([run["metrics_before"]["loss"] for run in side]) for side in (java, python)]
    if abs(before[0] / before[1] - 1) > START_LIMIT:
        problems.append(f"{dataset}, {variant}: the losses before training are {before[0]} and {before[1]}")
    ends = [values(side, "loss")[:, -1] for side in (java, python)]
    gap = ends[0].mean() / ends[1].mean() - 1
    if variant == "usual" and abs(gap) > LIMIT:
        problems.append(f"{dataset}, {variant}: the SDK's validation loss differs by {gap:+.2%}")
    # With the same batches both sides compute the same until rounding, which training amplifies, parts them.
    firsts = [values(side, "loss")[:, 0].mean() for side in (java, python)]
    if variant == "same-batches" and abs(firsts[0] / firsts[1] - 1) > FIRST_EPOCH_LIMIT:
        problems.append(f"{dataset}, {variant}: after one epoch the losses are {firsts[0]} and {firsts[1]}")

    print(f"\n### {dataset}: {VARIANTS[variant]}\n")
    print(f"| | Refract SDK ({len(java)} runs) | Seq2SeqTrainer ({len(python)} runs) | difference |\n|---|---|---|---|")
    print(f"| validation loss before | {before[0]:.5f} | {before[1]:.5f} | {before[0] / before[1] - 1:+.1e} |")
    print(f"| validation loss at the end | {spread(ends[0], 4)} | {spread(ends[1], 4)} | {gap:+.2%}{error(*ends)} |")
    for key, name in METRICS[dataset].items():
        pair = [numpy.array([100 * measured(run)[key] for run in side]) for side in (java, python)]
        print(f"| {name} | {spread(pair[0], 2)} | {spread(pair[1], 2)} | {pair[0].mean() - pair[1].mean():+.2f} points |")
    print("\n| epoch | SDK | Python | difference |\n|---|---|---|---|")
    curves = [values(side, "loss").mean(axis=0) for side in (java, python)]
    for epoch, (ours, theirs) in enumerate(zip(*curves), start=1):
        print(f"| {epoch} | {ours:.4f} | {theirs:.4f} | {ours / theirs - 1:+.2%} |")
    own = [abs(measured(run)["loss"] / run["metrics_after"]["loss"] - 1) for run in java]
    print(f"\nThe SDK's own loss and transformers' of the SDK's checkpoint differ by at most {max(own):.1e}.")
    return problems


def perturbation(dataset, runs, perturbed):
    """Prints how far Seq2SeqTrainer parts from itself when its first weights change by the size of rounding."""
    end = values(runs["python"], "loss")[:, -1].mean()
    gaps = [values([run], "loss")[0, -1] / end - 1 for run in perturbed]
    if gaps:
        print(f"\nSeq2SeqTrainer itself, same batches, first weights scaled by 1 + 1e-7 times noise: {', '.join(f'{g:+.2%}' for g in gaps)} at the end.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--plots", type=Path, required=True)
    args = parser.parse_args()
    problems = []
    for dataset in METRICS:
        all_runs = {v: {side: reports(args.results, dataset, v, side) for side in SIDES} for v in VARIANTS}
        missing = [f"{v}-{side}" for v, sides in all_runs.items() for side, runs in sides.items() if not runs]
        if missing:
            problems.append(f"{dataset}: there are no results of {', '.join(missing)}")
            continue
        for variant, runs in all_runs.items():
            problems += compare(dataset, variant, runs)
        perturbation(dataset, all_runs["same-batches"], reports(args.results, dataset, "perturbed", "python"))
        draw(dataset, all_runs, args.plots / f"parity-{dataset}.png")
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
