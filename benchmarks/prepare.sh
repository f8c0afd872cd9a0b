#!/usr/bin/env bash
# Makes the model and the inputs of benchmarks/run and benchmarks/jmh, and builds: prepare.sh DATA PYTHON WORK.
# Nothing is made or built again that is there and not older than its sources.
# prepare.sh --check DATA WORK only says what is missing, before anything large is downloaded.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ "$1" = --check ]; then
  check=yes data=$2 work=$3
else
  check= data=$1 python=$2 work=$3
fi

if [ ! -f "$work/prepared" ] && { [ ! -f "$data/banking77/train.csv" ] || [ ! -f "$data/scitldr/train.jsonl" ]; }; then
  echo "There is no banking77/train.csv or no scitldr/train.jsonl in $data: name their folder with --data. Both are public;" \
    "docs/BENCHMARKS.md says where." >&2
  exit 2
fi
if ! command -v mvn >/dev/null; then
  echo "The benchmarks found no Maven (mvn): install Maven 3.8.7 or newer." >&2
  exit 1
fi
if [ -n "$check" ]; then
  exit 0
fi
mkdir -p "$work"
[ -f "$work/prepared" ] || "$python" "$root/benchmarks/side_by_side/prepare.py" --data "$data" --output "$work"

built=$root/benchmarks/target/classpath.txt
if [ ! -f "$built" ] || [ ! -f "$root/samples/target/classpath.txt" ] ||
  [ -n "$(find "$root"/pom.xml "$root"/*/pom.xml "$root"/*/src/main -newer "$built" -print -quit)" ]; then
  echo "Building the SDK; the first time Maven downloads its dependencies, PyTorch among them (about 300 MB) ..." >&2
  if ! (cd "$root" && mvn -B -ntp -q package -Dmaven.test.skip -Dspotless.check.skip -pl samples,benchmarks -am >"$work/build.log" 2>&1); then
    cat "$work/build.log" >&2
    echo "The build failed; its output stands above." >&2
    exit 1
  fi
  touch "$built"
fi
