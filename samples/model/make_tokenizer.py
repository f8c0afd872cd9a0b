"""Makes samples/model: the tokenizer and the configuration of the tiny T5 that the samples train from nothing.

    pip install -r samples/model/requirements.txt
    python samples/model/make_tokenizer.py

The tokenizer is a SentencePiece-style unigram model in the layout of the T5 checkpoints (pad 0, </s> 1, <unk> 2,
sentinels last), learned from the request and category columns of samples/data/support_tickets.csv. It learns how to cut
words into pieces and sees no pairing of a request with its category.
"""

import csv
import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data" / "support_tickets.csv"
SENTINELS = 100  # as in the T5 paper's vocabulary, <extra_id_0> has the highest id
PIECES = 1100  # pieces without sentinels
ROWS = 1280  # rows of the embedding: pieces and sentinels, rounded up to a multiple of 128


def texts():
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["request"]
            yield row["category"]


def make_tokenizer():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(" {2,}", " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=PIECES,
        special_tokens=["<pad>", "</s>", "<unk>"],
        unk_token="<unk>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(), trainer)
    sentinels = [f"<extra_id_{i}>" for i in reversed(range(SENTINELS))]
    tokenizer.add_special_tokens(sentinels)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=["$A", "</s>"], pair=["$A", "</s>", "$B", "</s>"], special_tokens=[("</s>", 1)]
    )
    return tokenizer


def write_json(name, value):
    (HERE / name).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main():
    tokenizer = make_tokenizer()
    assert [tokenizer.token_to_id(t) for t in ("<pad>", "</s>", "<unk>")] == [0, 1, 2]
    assert tokenizer.get_vocab_size() <= ROWS
    tokenizer.save(str(HERE / "tokenizer.json"))
    sentinels = [f"<extra_id_{i}>" for i in range(SENTINELS)]
    specials = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    write_json("special_tokens_map.json", {"additional_special_tokens": sentinels, **specials})
    write_json(
        "tokenizer_config.json",
        {
            "additional_special_tokens": sentinels,
            "clean_up_tokenization_spaces": False,
            "extra_ids": SENTINELS,
            "model_max_length": 512,
            "tokenizer_class": "T5Tokenizer",
            **specials,
        },
    )
    write_json(
        "config.json",
        {
            "architectures": ["T5ForConditionalGeneration"],
            "model_type": "t5",
            "d_ff": 256,
            "d_kv": 32,
            "d_model": 128,
            "decoder_start_token_id": 0,
            "dropout_rate": 0.1,
            "eos_token_id": 1,
            "feed_forward_proj": "gated-gelu",
            "initializer_factor": 1.0,
            "is_encoder_decoder": True,
            "layer_norm_epsilon": 1e-06,
            "num_decoder_layers": 2,
            "num_heads": 4,
            "num_layers": 2,
            "pad_token_id": 0,
            "relative_attention_max_distance": 128,
            "relative_attention_num_buckets": 32,
            "tie_word_embeddings": False,
            "use_cache": True,
            "vocab_size": ROWS,
        },
    )
    print(f"{HERE.name}: {tokenizer.get_vocab_size()} tokens, {ROWS} embedding rows")


if __name__ == "__main__":
    main()
