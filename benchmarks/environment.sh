#!/usr/bin/env bash
# Prints the path of a Python with transformers 4.57.6, CTranslate2 and matplotlib: environment 4 of the tests, and the
# rest on top. It is kept beside the tests' environments, one for each content of the requirements file.
set -euo pipefail
cd "$(dirname "$0")"

first=$(bash ../refract-sdk-train/src/test/python/environment.sh 4)
key=$( { echo "$first"; cat requirements.txt; } | "$first" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest()[:16])')
home=${REFRACT_PYTHON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/refract-sdk/python}/benchmarks-$key
if [ ! -f "$home/complete" ]; then
  rm -rf "$home"
  "$first" -m venv "$home"
  "$first" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
    > "$("$home/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/first.pth"
  "$home/bin/python" -m pip install --quiet --disable-pip-version-check -r requirements.txt >&2
  "$home/bin/python" -c 'import ctranslate2, matplotlib, torch, transformers' >&2
  touch "$home/complete"
fi
echo "$home/bin/python"
