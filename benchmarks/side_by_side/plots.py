"""Draws the measurements."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plot  # noqa: E402
from summaries import SIDES, axis_label, median, numbers, spread, unit  # noqa: E402

COLORS = {"sdk": "tab:red", "eager": "tab:blue", "sdpa": "tab:cyan", "ctranslate2": "tab:gray"}
HATCHES = {"fp32": "", "bf16": "//", "int8": "xx"}


def draw(group, cases, file):
    """Draws a group; returns whether there was anything to draw."""
    if group == "losses":
        save(loss_curves(cases), file)
        return True
    if not any(numbers(described) for case in cases for described in case["entries"].values()):
        return False
    figure = curves(cases) if group == "growth" else bars(cases)
    save(figure, file)
    return True


def save(figure, file):
    figure.savefig(file, dpi=90, metadata={"Software": None})
    plot.close(figure)


def loss_curves(cases):
    """The validation losses of each training, and their means."""
    figure, axes = plot.subplots(1, len(cases), figsize=(5.5 * len(cases), 4), constrained_layout=True, squeeze=False)
    for axis, case in zip(axes[0], cases):
        for side, runs in case["losses"].items():
            steps = [point["step"] for point in runs[0]]
            curves_of_side = [[point["loss"] for point in points] for points in runs]
            for curve in curves_of_side:
                axis.plot(steps, curve, color=COLORS[side], alpha=0.3, linewidth=1)
            middle = [sum(at) / len(at) for at in zip(*curves_of_side)]
            axis.plot(steps, middle, marker="o", markersize=4, color=COLORS[side], label=SIDES[side])
        axis.set_title(case["title"], fontsize=9)
        axis.set_xlabel("updates")
        axis.set_ylabel("validation loss, nats per token")
        axis.grid(True, alpha=0.25)
    axes[0][0].legend(fontsize=8)
    return figure


def bars(cases):
    """A bar for the median of each entry, a line for the middle half, and a dot for each measurement."""
    figure, axes = plot.subplots(1, len(cases), figsize=(5.5 * len(cases), 4), constrained_layout=True, squeeze=False)
    for axis, case in zip(axes[0], cases):
        scale, _, name = unit(case)
        shown = {entry: described for entry, described in case["entries"].items() if numbers(described)}
        for place, described in enumerate(shown.values()):
            measured = [scale * number for number in numbers(described)]
            low, high = spread(measured)
            axis.barh(place, median(measured), color=COLORS[described["side"]], alpha=0.75, hatch=HATCHES[described["dtype"]])
            axis.plot([low, high], [place, place], color="black", linewidth=2)
            axis.plot(measured, [place] * len(measured), ".", color="black", markersize=3)
        axis.set_yticks(range(len(shown)), [f"{SIDES[d['side']]}, {d['dtype']}" for d in shown.values()], fontsize=8)
        axis.invert_yaxis()
        axis.set_xlim(left=0)
        axis.set_xlabel(name)
        axis.set_title(case["title"], fontsize=9)
        axis.grid(True, axis="x", alpha=0.25)
    return figure


def curves(cases):
    """Time per token over the rows of a batch, and time over the tokens of each row."""
    figure, (left, right) = plot.subplots(1, 2, figsize=(10, 4), constrained_layout=True)
    for axis, key in ((left, "rows"), (right, "tokens")):
        points = [case for case in cases if case["axis"] == key]
        for entry, described in points[0]["entries"].items():
            at = [case for case in points if numbers(case["entries"][entry])]
            x = [case["value"] for case in at]
            factor = [1000 / (case["rows"] * case["tokens"]) if key == "rows" else 1 for case in at]
            middle = [f * median(numbers(case["entries"][entry])) for f, case in zip(factor, at)]
            axis.plot(x, middle, marker="o", markersize=4, color=COLORS[described["side"]], label=SIDES[described["side"]])
        axis.set_xlabel(axis_label(key, points))
        axis.grid(True, alpha=0.25)
    left.set_xscale("log", base=2)
    left.set_yscale("log")
    left.set_ylabel("ms per generated token")
    right.set_ylabel("s")
    right.set_ylim(bottom=0)
    left.legend(fontsize=8)
    return figure
