"""Numbers out of measurements: medians, spreads and ratios."""

import numpy

SIDES = {
    "sdk": "Refract SDK",
    "eager": "transformers 4, eager",
    "sdpa": "transformers 5, SDPA",
    "ctranslate2": "CTranslate2",
}
PEERS = ("eager", "sdpa")


def numbers(described):
    return described.get("seconds") or described.get("bytes")


def median(values):
    return float(numpy.median(values))


def spread(values):
    """First and third quartile."""
    return tuple(float(q) for q in numpy.percentile(values, [25, 75]))


def unit(case):
    """What numbers are multiplied with, how many digits are shown, and the unit."""
    sizes = any("bytes" in described for described in case["entries"].values())
    return (1 / 2**20, 0, "MiB") if sizes else (1, 3, "s")


def base_of(case, dtype):
    """The better of eager and SDPA at a precision: the median, or None."""
    found = [
        median(numbers(described))
        for described in case["entries"].values()
        if described["side"] in PEERS and described["dtype"] == dtype and numbers(described)
    ]
    return min(found) if found else None


def faster_than(case, entry, base):
    """How many times less an entry needs than the base, or None."""
    measured = numbers(case["entries"][entry])
    return base / median(measured) if measured and base else None


def axis_label(axis, points):
    """What grows along an axis of the growth cases, and what stays."""
    if axis == "rows":
        return f"rows of the batch, {points[0]['tokens']} tokens each"
    return f"tokens for each of {points[0]['rows']} rows"


def difference(values, reference):
    """How far the mean of values is from that of the reference, and the standard error of that, as parts of the latter."""
    base = float(numpy.mean(reference))
    error = numpy.sqrt(sum(numpy.var(side, ddof=1) / len(side) for side in (values, reference) if len(side) > 1))
    return float(numpy.mean(values)) / base - 1, float(error) / base
