"""Whole epochs: how long one takes, and which validation losses it passes through."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from transformers import AutoTokenizer

from limits import token_flops, tokens
from machine import commit
from measuring import PYTHON, case, entries, interleaved, note
from summaries import difference
from workers import Worker

# Where texts are long, the SDK is told to group them by length; transformers keeps its default, random batches.
EPOCHS = {
    "scitldr": {"max_source_tokens": 512, "max_target_tokens": 96, "order": "grouped"},
    "banking77": {"max_source_tokens": 128, "max_target_tokens": 32, "order": "own"},
}


EPOCH_BATCH = 8
WARMUP_STEPS = 2
# While epochs are timed, evaluations only cost the reader's patience; where losses are what is measured, more rows say more.
VALIDATION_ROWS = 64
LOSS_ROWS = 512
EVALUATIONS = 4


def whole_steps(path):
    """How many updates an epoch has. Not splitlines(), which also ends lines at characters that stand inside of texts."""
    rows = len(path.read_text(encoding="utf-8").rstrip("\n").split("\n"))
    return math.ceil(rows / EPOCH_BATCH)


def epoch_command(workers, dataset, steps, rows=VALIDATION_ROWS):
    """So many updates of an epoch over all of a data set, with some evaluations on the way."""
    folder = workers.places.work / dataset
    lines = (folder / "validation-shuffled.jsonl").read_text(encoding="utf-8").split("\n")
    validation = folder / f"validation-{rows}.jsonl"
    validation.write_text("\n".join(lines[:rows]) + "\n", encoding="utf-8")
    return {
        "case": "epoch", "data": str(folder / "training-shuffled.jsonl"), "validation": str(validation),
        "batch_size": EPOCH_BATCH, "steps": steps, "learning_rate": 3e-4, "evaluate_every": max(1, steps // EVALUATIONS),
        "seed": 42, **EPOCHS[dataset],
    }


def epoch(workers, extent, dataset):
    all_steps = whole_steps(workers.places.work / dataset / "training-shuffled.jsonl")
    steps = extent.epoch_steps.get(dataset, all_steps)
    described = entries((side, "fp32") for side in ("sdk", *PYTHON))
    for described_entry in described.values():
        workers.ask(described_entry["side"], epoch_command(workers, dataset, WARMUP_STEPS))
    command = epoch_command(workers, dataset, steps)
    answers = interleaved(
        described, lambda entry: workers.ask(described[entry]["side"], command), 0, extent.epoch_repetitions
    )
    losses = {entry: answer[0].get("validation_losses") for entry, answer in answers.items()}
    title = f"{dataset}, batch {EPOCH_BATCH}: {steps} of {all_steps} updates"
    limit = epoch_limit(workers, command, steps, all_steps)
    return [case(title, described, answers, validation_losses=losses, limit=limit, problems=[])]


def epoch_limit(workers, command, steps, all_steps):
    """The least work that the updates can be, see limits.py."""
    model = workers.places.work / "model"
    known = tokens(AutoTokenizer.from_pretrained(model), Path(command["data"]), command)
    source, target = token_flops(json.loads((model / "config.json").read_text()))
    flops = known["source"] * source + known["target"] * target
    return {**known, "steps": steps, "all_steps": all_steps, "all_flops": flops, "flops": flops * steps / all_steps}


@dataclass(frozen=True)
class Comparison:
    """What each side is told besides what both are told, and with how many seeds; and the part of the epoch after which the
    losses must be equal."""

    title: str
    sdk: dict
    eager: dict
    seeds: int
    equal_after: float


# With the order "sdk" Python takes the SDK's batches; without dropout nothing but rounding is then between the sides, until what
# it changed has grown.
COMPARISONS = [
    Comparison("each side's defaults", {}, {}, 4, 1),
    Comparison("the same batches, no dropout", {"dropout": 0.0}, {"dropout": 0.0, "order": "sdk"}, 1, 0.5),
]
# How far equal losses may be apart, as a part of Python's; the means over several seeds two standard errors where those are more.
LARGEST_DIFFERENCE = 0.02


def losses(workers, extent):
    """The validation losses that whole epochs over banking77 pass through. Nothing is timed: as many processes train at the
    same time as there are threads, each with one."""
    dataset = "banking77"
    all_steps = whole_steps(workers.places.work / dataset / "training-shuffled.jsonl")
    steps = extent.epoch_steps.get(dataset, all_steps)
    command = epoch_command(workers, dataset, steps, LOSS_ROWS)
    trainings = {}
    for compared in COMPARISONS:
        for seed in extent.loss_seeds[: compared.seeds]:
            for side, changes in (("sdk", compared.sdk), ("eager", compared.eager)):
                trainings[name_of(side, changes, seed)] = (side, {**command, "seed": seed, **changes})
    answers = train_all(workers, trainings)

    result = []
    for compared in COMPARISONS:
        measured, commits = {}, set()
        for side, changes in (("sdk", compared.sdk), ("eager", compared.eager)):
            known = [answers[name_of(side, changes, seed)] for seed in extent.loss_seeds[: compared.seeds]]
            measured[side] = [one["answer"]["validation_losses"] for one in known]
            commits |= {one["commit"] for one in known}
        title = f"{dataset}, {compared.title}: {steps} of {all_steps} updates"
        described = {side: {"side": side, "dtype": "fp32"} for side in measured}
        common = {"title": title, "threads": 1, "commits": sorted(commits), "entries": described, "losses": measured}
        result.append({**common, "problems": apart(title, measured, compared.equal_after)})
    return result


def name_of(side, changes, seed):
    return "-".join([side, *(f"{key}-{value}" for key, value in sorted(changes.items())), f"seed-{seed}"])


def train_all(workers, trainings):
    places = replace(workers.places, threads=1)
    with ThreadPoolExecutor(workers.places.threads) as pool:
        running = {
            name: pool.submit(train, places, workers.logs, name, side, command) for name, (side, command) in trainings.items()
        }
        try:
            return {name: future.result() for name, future in running.items()}
        finally:
            for future in running.values():
                future.cancel()


def train(places, logs, name, side, command):
    """A training in a process of its own. Its answer is kept with the commit it was made at, so that a run that was cut off
    goes on where it was; where sources had changes that are in no commit, it is made again."""
    folder = places.work / "losses"
    folder.mkdir(exist_ok=True)
    kept = folder / f"{name}-{command['steps']}.json"
    asked = {key: value for key, value in command.items() if key not in ("data", "validation")}
    if kept.exists():
        known = json.loads(kept.read_text())
        if known["command"] == asked and "changes" not in known["commit"]:
            return known
    worker = Worker(side, places, logs / f"losses-{name}.log")
    try:
        known = {"commit": commit(places.root), "command": asked, "answer": worker.ask(command)}
    finally:
        worker.close()
    kept.write_text(json.dumps(known))
    note(f"   {name}: " + ", ".join(f"{point['loss']:.4f}" for point in known["answer"]["validation_losses"]))
    return known


def apart(title, measured, equal_after):
    """Whether the losses are further apart than rounding or chance makes them."""
    points = measured["sdk"][0]
    place = max(0, sum(point["step"] <= equal_after * points[-1]["step"] for point in points) - 1)
    at = {side: [run[place]["loss"] for run in runs] for side, runs in measured.items()}
    part, error = difference(at["sdk"], at["eager"])
    if abs(part) <= max(LARGEST_DIFFERENCE, 2 * error):
        return []
    step = points[place]["step"]
    return [f"{title}: after update {step} the validation loss of the SDK is {part:+.1%} from that of eager transformers"]
