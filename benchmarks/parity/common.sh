# What the runs over the two data sets share; sourced, with $python and $here (this folder) set.

banking77_limits="--max-source-tokens 96 --max-target-tokens 32"
banking77_options="--epochs 12 --batch-size 32 --learning-rate 1e-3"
scitldr_limits="--max-source-tokens 256 --max-target-tokens 48"
scitldr_options="--epochs 6 --batch-size 8 --learning-rate 1e-3"

# make_start FOLDER: the model that trainings of FOLDER/split start from.
# It is made once and then kept: the learning of a tokenizer does not give the same one twice.
make_start() {
  if [ ! -f "$1/model/config.json" ]; then
    "$python" "$here/make_tiny_model.py" --data "$1/split/training.jsonl" --source source --target target --output "$1/model.new"
    rm -rf "$1/model"
    mv "$1/model.new" "$1/model"
  fi
}
