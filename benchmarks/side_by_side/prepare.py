"""Makes what both sides work on: a T5 of t5-small's shape with random weights, and inputs from SciTLDR and banking77.

    python prepare.py --data FOLDER --output FOLDER

Nothing is made again that is there. The tokenizer is learned from the texts, which does not give the same one twice;
everything else follows from one seed. The weights are drawn as transformers draws them, with two changes, so that greedy
and beam search always run to the last token they may: the embeddings are small, so that the next token depends on more
than the last one, and those of the end token and the padding are zero, which makes their scores zero, far below the best.
"""

import argparse
import json
import random
import sys
from pathlib import Path

import torch
from transformers import AutoTokenizer, GenerationConfig, T5Config, T5ForConditionalGeneration

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "parity"))
from make_tiny_model import learn_tokenizer  # noqa: E402
from prepare_splits import banking77, scitldr  # noqa: E402

SEED = 42
PIECES = 32000
VOCABULARY = 32128
STEP_ROWS, STEP_SOURCE, STEP_TARGET = 4, 512, 96
GENERATION_ROWS = 64
GENERATION_SOURCE = 512


def read(path):
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def make_model(texts, output):
    tokenizer = learn_tokenizer(texts, PIECES)
    assert tokenizer.get_vocab_size() <= VOCABULARY, tokenizer.get_vocab_size()
    torch.manual_seed(SEED)
    config = T5Config(
        vocab_size=VOCABULARY, d_model=512, d_kv=64, d_ff=2048, num_layers=6, num_decoder_layers=6, num_heads=8,
        feed_forward_proj="relu", tie_word_embeddings=True, dropout_rate=0.1, decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config)
    with torch.no_grad():
        model.shared.weight.mul_(0.05)
        model.shared.weight[: config.eos_token_id + 1] = 0
        model.decoder.final_layer_norm.weight.fill_(20)
    model.generation_config = GenerationConfig(decoder_start_token_id=0, eos_token_id=1, pad_token_id=0)
    model.save_pretrained(output)
    tokenizer.save(str(output / "tokenizer.json"))
    specials = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False, **specials}
    (output / "tokenizer_config.json").write_text(json.dumps(settings, indent=2))
    (output / "special_tokens_map.json").write_text(json.dumps(specials, indent=2))


def long_texts(rows, key, tokenizer, tokens):
    """Texts of whole rows, each of more than so many tokens."""
    texts, text = [], ""
    for row in rows:
        text = f"{text} {row[key]}".strip()
        if len(tokenizer(text)["input_ids"]) > tokens:
            texts.append(text)
            text = ""
        if len(texts) == STEP_ROWS:
            return texts
    raise SystemExit(f"the data has too little text for {STEP_ROWS} rows of {tokens} tokens")


def make_inputs(work, tokenizer):
    validation = read(work / "scitldr" / "split" / "validation.jsonl")
    sources = long_texts(validation, "source", tokenizer, STEP_SOURCE)
    targets = long_texts(validation, "target", tokenizer, STEP_TARGET)
    write(work / "step.jsonl", [{"source": s, "target": t} for s, t in zip(sources, targets)])

    texts = [row["source"] for row in random.Random(SEED).sample(validation, GENERATION_ROWS)]
    ids = tokenizer(texts, truncation=True, max_length=GENERATION_SOURCE)["input_ids"]
    (work / "generation.json").write_text(json.dumps(ids))
    write(work / "one.jsonl", [{"text": texts[0]}])

    for name in ("scitldr", "banking77"):
        split = work / name / "split"
        for side in ("training", "validation"):
            rows = read(split / f"{side}.jsonl")
            random.Random(SEED).shuffle(rows)
            write(work / name / f"{side}-shuffled.jsonl", rows)


def convert(model, output):
    """For CTranslate2, which quantizes when it loads. It names ids that the tokenizer does not have <extra_id_0> and so on,
    as some tokens are called already; here each gets a name of its own."""
    import ctranslate2

    ctranslate2.converters.TransformersConverter(str(model)).convert(str(output), force=True)
    vocabulary = output / "shared_vocabulary.json"
    names = json.loads(vocabulary.read_text(encoding="utf-8"))
    known = len(AutoTokenizer.from_pretrained(model))
    names[known:] = [f"<id_{number}>" for number in range(known, len(names))]
    assert len(set(names)) == VOCABULARY, f"{len(names)} names, {len(set(names))} of them different"
    vocabulary.write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with banking77/ and scitldr/")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    work = args.output
    done = work / "prepared"
    if done.exists():
        return
    banking77(args.data / "banking77", work / "banking77" / "split")
    scitldr(args.data / "scitldr", work / "scitldr" / "split")
    model = work / "model"
    rows = [row for name in ("scitldr", "banking77") for row in read(work / name / "split" / "training.jsonl")]
    model.mkdir(parents=True, exist_ok=True)
    make_model([row[key] for row in rows for key in ("source", "target")], model)
    make_inputs(work, AutoTokenizer.from_pretrained(model))
    convert(model, work / "model-ctranslate2")
    done.touch()


if __name__ == "__main__":
    main()
