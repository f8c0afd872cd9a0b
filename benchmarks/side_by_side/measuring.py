"""Repeats cases, one entry after the other in each round, and keeps what was measured."""

import sys

PYTHON = ("eager", "sdpa")


def note(text):
    print(text, file=sys.stderr, flush=True)


def interleaved(entries, measure, warmups, repetitions):
    """Measures every entry once in each round. The order turns from round to round, so that none always follows the same.

    entries: names. measure: takes a name and returns a worker's answer. The first rounds are thrown away.
    Returns the answers by name; of an entry that is not supported, its only answer.
    """
    answers = {name: [] for name in entries}
    active = list(entries)
    for number in range(warmups + repetitions):
        turn = number % max(1, len(active))
        for name in active[turn:] + active[:turn]:
            answer = measure(name)
            if "unsupported" in answer:
                answers[name] = [answer]
                active = [other for other in active if other != name]
            elif number >= warmups:
                answers[name].append(answer)
    return answers


def values(answers, key="seconds"):
    """What was measured of each entry: the numbers, or why there are none."""
    result = {}
    for name, measured in answers.items():
        if measured and "unsupported" in measured[0]:
            result[name] = {"unsupported": measured[0]["unsupported"]}
        else:
            result[name] = {key: [answer[key] for answer in measured]}
    return result


def same_ids(answers, reference):
    """How many rows of each entry equal those of the reference, token for token, and which part of the tokens comes
    before the first that differs."""
    expected = answers[reference][-1]["ids"]
    result = {}
    for name, measured in answers.items():
        if measured and "ids" in measured[-1]:
            rows = measured[-1]["ids"]
            common = sum(prefix(a, b) for a, b in zip(rows, expected))
            result[name] = {
                "rows": len(expected),
                "equal_rows": sum(a == b for a, b in zip(rows, expected)),
                "tokens": sum(map(len, rows)),
                "common_prefix": common / sum(map(len, expected)),
            }
    return result


def prefix(a, b):
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))


def name(side, dtype):
    return f"{side} {dtype}"


def entries(pairs):
    return {name(side, dtype): {"side": side, "dtype": dtype} for side, dtype in pairs}


def case(title, described, answers, key="seconds", **more):
    measured = values(answers, key)
    return {"title": title, "entries": {entry: {**described[entry], **measured[entry]} for entry in described}, **more}
