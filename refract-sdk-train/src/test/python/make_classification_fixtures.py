"""Makes src/test/resources/io/refract/train/metric/classification.json.

Pinned: scikit-learn==1.7.2. The labels are drawn here with a fixed seed; nothing is fetched.
"""

import importlib.metadata
import json
import pathlib
import random

from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "io" / "refract" / "train" / "metric"


def case(seed, labels, rows, right, strays, missing=()):
    """Predictions of which a share is right and a share is no label; `missing` have no examples."""
    pick = random.Random(seed)
    present = [label for label in labels if label not in missing]
    truth = [pick.choice(present[: 1 + pick.randrange(len(present))]) for _ in range(rows)]
    made = []
    for label in truth:
        draw = pick.random()
        made.append(label if draw < right else "no label" if draw < right + strays else pick.choice(labels))
    scores = {}
    for name in (None, "macro", "micro", "weighted"):
        p, r, f, s = precision_recall_fscore_support(truth, made, labels=labels, average=name, zero_division=0)
        scores[name or "labels"] = [[float(v) for v in row] for row in zip(p, r, f, s)] if name is None else [float(p), float(r), float(f)]
    full = confusion_matrix(truth, made, labels=labels + ["no label"]).tolist()
    return {
        "labels": labels,
        "predictions": made,
        "references": truth,
        "accuracy": accuracy_score(truth, made),
        "scores": scores,
        "counts": [row[:-1] for row in full[:-1]],
        "other": [row[-1] for row in full[:-1]],
    }


if __name__ == "__main__":
    five = ["outage", "billing", "how to", "bug", "praise"]
    cases = [
        case(1, five, 120, 0.7, 0.0),
        case(2, five, 90, 0.5, 0.2),
        case(3, five, 40, 0.4, 0.1, missing=("bug",)),
        case(4, ["yes", "no"], 1, 0.0, 0.0),
        case(5, ["yes", "no"], 12, 0.0, 1.0),
        case(6, [f"intent {i}" for i in range(77)], 300, 0.8, 0.05),
    ]
    made_with = {"scikit-learn": importlib.metadata.version("scikit-learn")}
    (OUT / "classification.json").write_text(json.dumps({"made_with": made_with, "cases": cases}), encoding="utf-8")
    print(len(cases), "cases")
