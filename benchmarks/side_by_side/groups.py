"""What is measured: one function for each table of docs/BENCHMARKS.md.

A group returns its cases. A case has a title, its entries, each with the side, the precision and what was measured, and
"problems": what both sides ought to have computed alike and did not.
"""

import json
import subprocess
import time
from dataclasses import dataclass
from functools import partial

from epochs import epoch, losses
from measuring import PYTHON, case, entries, interleaved, name, note, same_ids
from workers import environment, job_command

LOSS_TOLERANCE = {"fp32": 1e-4, "bf16": 2e-2}


@dataclass(frozen=True)
class Extent:
    """How much is measured."""

    warmups: int
    repetitions: int
    epoch_repetitions: int
    epoch_steps: dict
    loss_seeds: tuple
    growth_repetitions: int
    start_repetitions: int
    memory_repetitions: int


# Epochs are whole unless they have a number of updates here.
FULL = Extent(3, 7, 1, {}, (1, 2, 3, 4), 2, 7, 2)
QUICK = Extent(1, 2, 1, {"scitldr": 2, "banking77": 8}, (1, 2), 1, 2, 1)


# Generation


def generation_inputs(workers):
    return json.loads((workers.places.work / "generation.json").read_text())


def generate(workers, sources, new_tokens, beams=1):
    def measure(entry):
        side, dtype = entry.split()
        command = {"case": "generate", "sources": sources, "new_tokens": new_tokens, "beams": beams, "dtype": dtype}
        return workers.ask(side, command)

    return measure


def must_agree(entry):
    return entry in {name(side, "fp32") for side in ("sdk", *PYTHON)}


def check_ids(answers, title):
    """In 32-bit floats the SDK must write the same tokens as eager transformers; so must SDPA, or the comparison is void.
    What CTranslate2 writes is only shown."""
    agreement = same_ids(answers, name("eager", "fp32"))
    problems = [
        f"{title}: {entry} writes other tokens than eager transformers in {seen['rows'] - seen['equal_rows']} of {seen['rows']} rows"
        for entry, seen in agreement.items()
        if must_agree(entry) and seen["equal_rows"] < seen["rows"]
    ]
    return agreement, problems


def generation_case(workers, extent, title, sources, pairs, beams=1, new_tokens=64):
    described = entries(pairs)
    answers = interleaved(described, generate(workers, sources, new_tokens, beams), extent.warmups, extent.repetitions)
    agreement, problems = check_ids(answers, title)
    short = [e for e, seen in agreement.items() if must_agree(e) and seen["tokens"] < new_tokens * len(sources)]
    problems += [f"{title}: {entry} ended before {new_tokens} tokens" for entry in short]
    return case(title, described, answers, agreement=agreement, problems=problems)


GREEDY = [
    *[(side, dtype) for dtype in ("fp32", "bf16", "int8") for side in ("sdk", *PYTHON)],
    ("ctranslate2", "fp32"),
    ("ctranslate2", "int8"),
]


def greedy(workers, extent):
    sources = generation_inputs(workers)
    return [
        generation_case(workers, extent, f"greedy, batch {rows}, 64 tokens", sources[:rows], GREEDY) for rows in (1, 8)
    ]


def beam(workers, extent):
    sources = generation_inputs(workers)[:4]
    pairs = [(side, "fp32") for side in ("sdk", *PYTHON, "ctranslate2")]
    return [generation_case(workers, extent, "4 beams, batch 4, 64 tokens", sources, pairs, beams=4)]


# Training


def step_command(workers, precision, dropout, restart=False):
    return {
        "case": "step", "data": str(workers.places.work / "step.jsonl"), "batch_size": 4, "max_source_tokens": 512,
        "max_target_tokens": 96, "precision": precision, "dropout": dropout, "learning_rate": 1e-4, "restart": restart,
    }


def step_losses(workers, precision, side):
    """The losses of the first updates without dropout."""
    answers = [workers.ask(side, step_command(workers, precision, 0.0, number == 0)) for number in range(3)]
    return answers[0] if "unsupported" in answers[0] else [answer["loss"] for answer in answers]


def step(workers, extent):
    result = []
    for precision in ("fp32", "bf16"):
        title = f"training step, {precision}, batch 4 x 512 -> 96"
        described = entries((side, precision) for side in ("sdk", *PYTHON))
        losses = {entry: step_losses(workers, precision, described[entry]["side"]) for entry in described}
        expected = losses[name("eager", precision)]
        problems = [
            f"{title}: without dropout the losses of {entry} are {seen}, those of eager transformers {expected}"
            for entry, seen in losses.items()
            if isinstance(seen, list)
            and any(abs(a / b - 1) > LOSS_TOLERANCE[precision] for a, b in zip(seen, expected))
        ]
        answers = interleaved(
            described,
            lambda entry: workers.ask(described[entry]["side"], step_command(workers, precision, 0.1)),
            extent.warmups,
            extent.repetitions,
        )
        result.append(case(title, described, answers, losses_without_dropout=losses, problems=problems))
    return result


# Whole processes


def start(workers, extent):
    places = workers.places
    described = entries((side, "fp32") for side in ("sdk", *PYTHON))
    outputs = places.work / "start"
    outputs.mkdir(exist_ok=True)

    def measure(entry):
        side = described[entry]["side"]
        output = outputs / f"{side}.jsonl"
        command = job_command(side, places, places.work / "one.jsonl", output)
        with (outputs / f"{side}.log").open("w") as log:
            begin = time.perf_counter()
            subprocess.run(command, env=environment(places.threads), stdout=log, stderr=log, check=True)
            seconds = time.perf_counter() - begin
        return {"seconds": seconds, "ids": [json.loads(output.read_text(encoding="utf-8").splitlines()[0])["ids"]]}

    title = "start of the process to the end of the first summary of 64 tokens"
    answers = interleaved(described, measure, 1, extent.start_repetitions)
    agreement, problems = check_ids(answers, title)
    return [case(title, described, answers, agreement=agreement, problems=problems)]


def memory(workers, extent):
    sources = generation_inputs(workers)[:8]
    scoring = {"case": "generate", "sources": sources, "new_tokens": 64, "beams": 1, "dtype": "fp32"}
    jobs = {
        "peak memory of a training, batch 4 x 512 -> 96": [step_command(workers, "fp32", 0.1)] * 4,
        "peak memory of scoring, batch 8, 64 tokens": [scoring] * 3,
    }
    result = []
    for title, commands in jobs.items():
        described = entries((side, "fp32") for side in ("sdk", *PYTHON))

        def measure(entry):
            worker = workers.fresh(described[entry]["side"])
            try:
                for command in commands:
                    answer = worker.ask(command)
                    if "unsupported" in answer:
                        return answer
                return worker.ask({"case": "memory"})
            finally:
                worker.close()

        answers = interleaved(described, measure, 0, extent.memory_repetitions)
        result.append(case(title, described, answers, key="bytes", problems=[]))
    return result


# Growth

ROWS = (1, 2, 4, 8, 16, 32, 64)
LENGTHS = (16, 32, 64, 128, 256)
GROWTH_SOURCE = 128
GROWTH_TOKENS = 32
GROWTH_BATCH = 4


def growth(workers, extent):
    # Sources of one length: repeated and cut, the end token last.
    sources = [(source[:-1] * 8)[: GROWTH_SOURCE - 1] + [1] for source in generation_inputs(workers)]
    described = entries((side, "fp32") for side in ("sdk", *PYTHON, "ctranslate2"))

    def point(axis, value, rows, tokens):
        note(f"   {axis} {value}")
        answers = interleaved(described, generate(workers, sources[:rows], tokens), 1, extent.growth_repetitions)
        agreement, problems = check_ids(answers, f"{axis} {value}")
        where = {"axis": axis, "value": value, "rows": rows, "tokens": tokens}
        return case(f"{axis} {value}", described, answers, **where, agreement=agreement, problems=problems)

    return [
        *[point("rows", rows, rows, GROWTH_TOKENS) for rows in ROWS],
        *[point("tokens", tokens, GROWTH_BATCH, tokens) for tokens in LENGTHS],
    ]


GROUPS = {
    "step": step,
    "epoch-scitldr": partial(epoch, dataset="scitldr"),
    "epoch-banking77": partial(epoch, dataset="banking77"),
    "losses": losses,
    "greedy": greedy,
    "beam": beam,
    "start": start,
    "memory": memory,
    "growth": growth,
}
