"""Measures the groups that are asked for, saves the results, and writes the report; see benchmarks/run."""

import argparse
import datetime
import json
import sys
import time
from pathlib import Path

from groups import FULL, GROUPS, QUICK
from machine import commit, machine
from measuring import note
from report import write_report
from workers import Places, Workers


def versions(workers, sides):
    return {side: workers.ask(side, {"case": "versions"}) for side in sorted(sides)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--java", required=True)
    parser.add_argument("--python5", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--only", action="append", choices=sorted(GROUPS))
    args = parser.parse_args()

    output = args.root / "benchmarks" / "output" / "side-by-side"
    quick = output / "quick"
    results = quick / "results" if args.quick else args.root / "benchmarks" / "results"
    results.mkdir(parents=True, exist_ok=True)
    problems = []
    for group in [] if args.report else args.only or GROUPS:
        places = Places(args.root, output, args.java, sys.executable, args.python5, args.threads)
        workers = Workers(places, output / "logs")
        note(f"== {group}")
        begin = time.perf_counter()
        try:
            cases = GROUPS[group](workers, QUICK if args.quick else FULL)
            sides = {entry["side"] for case in cases for entry in case["entries"].values()}
            used = versions(workers, sides)
        finally:
            workers.close()
        result = {
            "group": group,
            "date": datetime.date.today().isoformat(),
            "commit": commit(args.root),
            "quick": args.quick,
            "threads": args.threads,
            "took_seconds": round(time.perf_counter() - begin),
            "machine": machine(),
            "versions": used,
            "cases": cases,
        }
        (results / f"{group}.json").write_text(json.dumps(result, indent=1) + "\n")
        problems += [problem for case in cases for problem in case["problems"]]
        note(f"   {result['took_seconds']} s")
    write_report(results, quick if args.quick else args.root / "docs", args.quick)
    for problem in problems:
        note(f"NOT EQUAL: {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
