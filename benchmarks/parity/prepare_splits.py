"""Writes training.jsonl and validation.jsonl with the fields source and target, from banking77 and SciTLDR.

    python prepare_splits.py --data FOLDER --output FOLDER

banking77 has one file: every tenth of its distinct texts, in a seeded order, is held out. SciTLDR has train and dev;
the sentences of a source are joined with blanks, and the first of its targets is taken.
"""

import argparse
import csv
import json
import random
from pathlib import Path


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for source, target in rows:
            file.write(json.dumps({"source": source, "target": target}, ensure_ascii=False) + "\n")
    print(f"{path}: {len(rows)} rows")


def banking77(folder, output):
    with (folder / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    texts = sorted({text for text, _ in rows})
    random.Random(42).shuffle(texts)
    held_out = set(texts[: len(texts) // 10])
    write(output / "training.jsonl", [row for row in rows if row[0] not in held_out])
    write(output / "validation.jsonl", [row for row in rows if row[0] in held_out])


def scitldr(folder, output):
    for name, side in (("train", "training"), ("dev", "validation")):
        with (folder / f"{name}.jsonl").open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        write(output / f"{side}.jsonl", [(" ".join(row["source"]), row["target"][0]) for row in rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with banking77/ and scitldr/")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    banking77(args.data / "banking77", args.output / "banking77" / "split")
    scitldr(args.data / "scitldr", args.output / "scitldr" / "split")


if __name__ == "__main__":
    main()
