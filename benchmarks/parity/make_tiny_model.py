"""Makes a tiny T5 with random weights and a tokenizer learned from a data set's own texts.

Both sides of the parity run of docs/PARITY.md start from the directory that this script writes.

    python make_tiny_model.py --data train.csv --source text --target category --output DIR
"""

import argparse
import csv
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import GenerationConfig, T5Config, T5ForConditionalGeneration

SENTINELS = 100


def learn_tokenizer(texts, pieces):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(" {2,}", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=pieces, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([f"<extra_id_{i}>" for i in reversed(range(SENTINELS))])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=["$A", "</s>"], pair=["$A", "</s>", "$B", "</s>"], special_tokens=[("</s>", 1)]
    )
    return tokenizer


def read(path):
    """Reads CSV or JSONL; arrays of texts are joined with blanks."""
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".jsonl":
            rows = [json.loads(line) for line in file]
            return [{k: " ".join(v) if isinstance(v, list) else v for k, v in row.items()} for row in rows]
        return list(csv.DictReader(file))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="CSV file with a header, or JSONL")
    parser.add_argument("--source", required=True, help="column of the input texts")
    parser.add_argument("--target", required=True, help="column of the target texts")
    parser.add_argument("--output", type=Path, required=True, help="directory to write")
    parser.add_argument("--pieces", type=int, default=2048, help="vocabulary without sentinels (default: %(default)s)")
    parser.add_argument("--d-model", type=int, default=128)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--seed", type=int, default=42)
    args = parser.parse_args()

    rows = read(args.data)
    tokenizer = learn_tokenizer([row[c] for row in rows for c in (args.source, args.target)], args.pieces)

    torch.manual_seed(args.seed)
    config = T5Config(
        vocab_size=(tokenizer.get_vocab_size() + 127) // 128 * 128,
        d_model=args.d_model,
        d_kv=args.d_model // args.heads,
        d_ff=2 * args.d_model,
        num_layers=args.layers,
        num_heads=args.heads,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config)
    model.generation_config = GenerationConfig(decoder_start_token_id=0, eos_token_id=1, pad_token_id=0)
    args.output.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(args.output)
    tokenizer.save(str(args.output / "tokenizer.json"))
    specials = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    (args.output / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False, **specials}, indent=2)
    )
    (args.output / "special_tokens_map.json").write_text(json.dumps(specials, indent=2))
    print(f"{args.output}: {model.num_parameters():,} parameters, {tokenizer.get_vocab_size()} tokens")


if __name__ == "__main__":
    main()
