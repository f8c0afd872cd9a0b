#!/usr/bin/env bash
# Prints the path of a Python that has transformers 4.57.6 or 5.18.0, or TensorBoard, for tests and fixtures.
#
#     environment.sh 4            makes the environment when it is not there, which takes some minutes
#     environment.sh 5 --cached   only looks for it; status 3 when it is not there
#     environment.sh peft         transformers 4.57.6 with peft
#     environment.sh tensorboard  the small one without torch, for event files; seconds
#
# Environments are made with $REFRACT_PYTHON, or else python3, and kept under
# ${REFRACT_PYTHON_CACHE:-${XDG_CACHE_HOME:-~/.cache}/refract-sdk/python}, one for each content of the
# requirements files. The second stands on the first, so that torch is on the disk only once.
# A build that is killed leaves nothing that is taken for an environment.
set -euo pipefail
cd "$(dirname "$0")"

version=${1:-}
case "$version" in
  4) name=transformers-4 files=(requirements.txt) modules=torch,transformers ;;
  5) name=transformers-5 files=(requirements.txt requirements-5.txt) modules=torch,transformers ;;
  peft) name=transformers-peft files=(requirements.txt requirements-peft.txt) modules=torch,transformers,peft ;;
  tensorboard) name=tensorboard files=(requirements-tensorboard.txt) modules=tensorboard ;;
  *) echo "usage: environment.sh 4|5|peft|tensorboard [--cached]" >&2; exit 2 ;;
esac

base=${REFRACT_PYTHON:-python3}
if ! "$base" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
  echo "environment.sh needs Python 3.10 or newer: install it, or let REFRACT_PYTHON name it" >&2
  exit 4
fi
key=$( { "$base" -c 'import sys; print(sys.version, sys.prefix)'; cat "${files[@]}"; } \
  | "$base" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest()[:16])')
home=${REFRACT_PYTHON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/refract-sdk/python}/$name-$key

if [ -f "$home/current" ] && [ -x "$home/$(cat "$home/current")/bin/python" ]; then
  echo "$home/$(cat "$home/current")/bin/python"
  exit 0
fi
if [ "${2:-}" = --cached ]; then
  echo "there is no environment of $name yet; environment.sh $version makes it" >&2
  exit 3
fi

build=build-$$-$RANDOM
mkdir -p "$home"
trap 'rm -rf "${home:?}/$build"' EXIT
if [ "$version" = 5 ] || [ "$version" = peft ]; then
  first=$(./environment.sh 4)
fi
"$base" -m venv "$home/$build"
python=$home/$build/bin/python
if [ "$version" = 5 ] || [ "$version" = peft ]; then
  "$first" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
    > "$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/first.pth"
fi
echo "installing $(grep -hv '^#' "${files[-1]}" | tr '\n' ' ')" >&2
"$python" -m pip install --quiet --disable-pip-version-check -r "${files[-1]}" >&2
"$python" -c "import $modules" >&2
# The rename of this small file is what makes the environment exist.
echo "$build" > "$home/$build.name"
mv "$home/$build.name" "$home/current"
trap - EXIT
echo "$python"
