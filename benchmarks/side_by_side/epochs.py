"""Whole epochs: how long one takes, and which validation losses it passes through."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from transformers import AutoTokenizer

from limits import token_flops, tokens
from machine import commit
from measuring import PYTHON, case, entries, interleaved, note
from summaries import difference
from workers import Worker

EPOCHS = {
    "scitldr": {"max_source_tokens": 512, "max_target_tokens": 96},
    "banking77": {"max_source_tokens": 128, "max_target_tokens": 32},
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
        "seed": 42, "order": "own", **EPOCHS[dataset],
    }


def epoch(workers, extent):
    result = []
    for dataset in EPOCHS:
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
        result.append(case(title, described, answers, validation_losses=losses, limit=limit, problems=[]))
    return result


def epoch_limit(workers, command, steps, all_steps):
    """The least work that the updates can be, see limits.py."""
    model = workers.places.work / "model"
    known = tokens(AutoTokenizer.from_pretrained(model), Path(command["data"]), command)
    source, target = token_flops(json.loads((model / "config.json").read_text()))
    flops = known["source"] * source + known["target"] * target
    return {**known, "steps": steps, "all_steps": all_steps, "all_flops": flops, "flops": flops * steps / all_steps}


# What each side is told, by what is compared. With the order "sdk" Python takes the SDK's batches.
COMPARISONS = {
    "the same batches, no dropout": {"sdk": {"dropout": 0.0}, "eager": {"dropout": 0.0, "order": "sdk"}},
    "each side's own batches and dropout": {"sdk": {}, "eager": {}},
}
# How far the losses may be apart, as a part of Python's; with seeds, or two standard errors where those are more.
LARGEST_DIFFERENCE = 0.02


def losses(workers, extent):
    """The validation losses that whole epochs over banking77 pass through. Nothing is timed: as many processes train at the
    same time as there are threads, each with one."""
    dataset = "banking77"
    all_steps = whole_steps(workers.places.work / dataset / "training-shuffled.jsonl")
    steps = extent.epoch_steps.get(dataset, all_steps)
    command = epoch_command(workers, dataset, steps, LOSS_ROWS)
    trainings = []
    for compared, changes in COMPARISONS.items():
        seeds = extent.loss_seeds[:1] if "same" in compared else extent.loss_seeds
        trainings += [(compared, side, {**command, "seed": seed, **changes[side]}) for seed in seeds for side in changes]
    answers = train_all(workers, trainings)

    result = []
    for compared, changes in COMPARISONS.items():
        measured = {side: [a["validation_losses"] for (c, s, _), a in zip(trainings, answers) if (c, s) == (compared, side)] for side in changes}
        title = f"{dataset}, {compared}: {steps} of {all_steps} updates"
        described = {side: {"side": side, "dtype": "fp32"} for side in changes}
        problems = apart(title, measured)
        result.append({"title": title, "threads": 1, "entries": described, "losses": measured, "problems": problems})
    return result


def train_all(workers, trainings):
    places = replace(workers.places, threads=1)
    with ThreadPoolExecutor(workers.places.threads) as pool:
        running = [pool.submit(train, places, workers.logs, side, command) for _, side, command in trainings]
        try:
            return [future.result() for future in running]
        finally:
            for future in running:
                future.cancel()


def train(places, logs, side, command):
    """A training in a process of its own. Its answer is kept, so that a run that was cut off goes on where it was."""
    folder = places.work / "losses"
    folder.mkdir(exist_ok=True)
    order = "own" if command["order"] == "own" else "the-sdk-s"
    kept = folder / f"{side}-{order}-{command.get('dropout', 'usual')}-{command['seed']}.json"
    asked = {"commit": commit(places.root), "command": command}
    if kept.exists():
        known = json.loads(kept.read_text())
        if {"commit": known["commit"], "command": known["command"]} == asked:
            return known["answer"]
    worker = Worker(side, places, logs / f"losses-{kept.stem}.log")
    try:
        answer = worker.ask(command)
    finally:
        worker.close()
    kept.write_text(json.dumps({**asked, "answer": answer}))
    note(f"   {kept.stem}: " + ", ".join(f"{point['loss']:.4f}" for point in answer["validation_losses"]))
    return answer


def apart(title, measured):
    """Whether the losses at the end are further apart than chance."""
    last = {side: [points[-1]["loss"] for points in runs] for side, runs in measured.items()}
    part, error = difference(last["sdk"], last["eager"])
    if abs(part) <= max(LARGEST_DIFFERENCE, 2 * error):
        return []
    return [f"{title}: at the end the validation loss of the SDK is {part:+.1%} from that of eager transformers"]
