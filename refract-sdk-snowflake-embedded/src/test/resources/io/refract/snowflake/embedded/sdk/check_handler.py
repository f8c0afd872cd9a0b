"""Runs a generated handler in this Python, on a tiny random T5, and compares it with transformers.

    python check_handler.py HANDLER.py WORK_DIRECTORY
    python check_handler.py --fixture DIRECTORY

HANDLER.py must have been made for the prefix 'say "hi": \u00e9 ', 30 source tokens, 9 new tokens,
micro-batches of 4 rows and batches of 64, as SdkDeploymentTest does, which runs check() inside a
function. By hand it was run with transformers 4.41.2, 4.57.6 and 5.18.0; it prints "ok" and the
version.

The second form writes the checkpoint and, as expected.json, what transformers makes of some texts
with the same settings. The fixture tiny-t5 was written by transformers 4.57.6 and torch 2.13.0.
"""

import importlib.util
import json
import os
import random
import shutil
import sys
import types

import pandas
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

PREFIX = 'say "hi": \u00e9 '


def make_checkpoint(directory):
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    pieces = ["<pad>", "</s>", "<unk>", "\u2581", "\u00e9", '"', ":", "\u2581hi"]
    pieces += letters + ["\u2581" + letter for letter in letters]
    tokenizer = Tokenizer(
        models.Unigram([(piece, -float(i) / 10) for i, piece in enumerate(pieces)], unk_id=2)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    tokenizer.save(os.path.join(directory, "tokenizer.json"))
    torch.manual_seed(7)
    config = transformers.T5Config(
        vocab_size=len(pieces) + 4, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4,
        decoder_start_token_id=0, initializer_factor=3.0,
    )
    network = transformers.T5ForConditionalGeneration(config)
    # So that what is generated depends on the input.
    with torch.no_grad():
        for name, weights in network.named_parameters():
            if "EncDecAttention" in name:
                weights.mul_(6)
    # What a checkpoint may ask for must not matter.
    network.generation_config.num_beams = 3
    network.generation_config.no_repeat_ngram_size = 2
    network.save_pretrained(directory)
    return network.eval()


def load_handler(path, directory):
    stub = types.ModuleType("_snowflake")

    def vectorized(**options):
        def mark(function):
            function.options = options
            return function

        return mark

    stub.vectorized = vectorized
    sys.modules["_snowflake"] = stub
    sys._xoptions["snowflake_import_directory"] = directory + os.sep
    spec = importlib.util.spec_from_file_location("handler", path)
    handler = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(handler)
    return handler


def expected(network, tokenizer, text, **options):
    """One row alone, straight from the documentation of transformers."""
    ids = tokenizer(PREFIX + text, truncation=True, max_length=30, return_tensors="pt").input_ids
    with torch.no_grad():
        output = network.generate(
            ids,
            generation_config=transformers.GenerationConfig(
                max_new_tokens=9, do_sample=False, decoder_start_token_id=0, pad_token_id=0,
                **{"eos_token_id": 1, **options},
            ),
        )
    return tokenizer.decode(
        output[0], skip_special_tokens=True, clean_up_tokenization_spaces=False
    )


def plain(network):
    network.generation_config = transformers.GenerationConfig(
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=1
    )
    return network


def fast_tokenizer(directory):
    return transformers.PreTrainedTokenizerFast(
        tokenizer_file=os.path.join(directory, "tokenizer.json"),
        eos_token="</s>", pad_token="<pad>", unk_token="<unk>",
    )


def some_texts():
    words = random.Random(3)
    return [
        " ".join(
            "".join(words.choice("abcdefghij") for _ in range(words.randint(1, 6)))
            for _ in range(words.randint(1, 5))
        )
        for _ in range(30)
    ]


def write_fixture(directory):
    os.makedirs(directory, exist_ok=True)
    network = plain(make_checkpoint(directory))
    tokenizer = fast_tokenizer(directory)
    cases = [
        {"text": text, "output": expected(network, tokenizer, text)}
        for text in some_texts()
    ]
    with open(os.path.join(directory, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(cases, file, indent=1, ensure_ascii=True)
        file.write("\n")


def write_adapter(base, adapter, merged):
    """Writes an rsLoRA adapter into the directory adapter, and base plus adapter into merged."""
    network = transformers.T5ForConditionalGeneration.from_pretrained(base)
    settings = {
        "peft_type": "LORA", "r": 2, "lora_alpha": 4, "use_rslora": True,
        "rank_pattern": {"wo": 4}, "alpha_pattern": {r"block\.1\..*\.wo": 6},
        "target_modules": ["q", "wo"], "base_model_name_or_path": "no/such-model",
    }
    generator = torch.Generator().manual_seed(9)
    arrays = {}
    for name, weight in network.named_parameters():
        module = name[: -len(".weight")]
        if module.endswith((".q", ".wo")):
            rank = 4 if module.endswith(".wo") else 2
            alpha = 6 if module.endswith(".wo") and ".block.1." in module else 4
            a = torch.randn(rank, weight.shape[1], generator=generator)
            b = torch.randn(weight.shape[0], rank, generator=generator) * 0.3
            arrays["base_model.model." + module + ".lora_A.weight"] = a
            arrays["base_model.model." + module + ".lora_B.weight"] = b
            weight.data += (b @ a) * (alpha / rank**0.5)
    save_file(arrays, os.path.join(adapter, "adapter_model.safetensors"), {"format": "pt"})
    with open(os.path.join(adapter, "adapter_config.json"), "w", encoding="utf-8") as file:
        json.dump(settings, file)
    network.save_pretrained(merged)
    shutil.copy(os.path.join(base, "tokenizer.json"), merged)


def check_adapter(handler_path, directory, frame, unadapted):
    """A base plus its adapter must say what the merged checkpoint says."""
    adapter, merged = os.path.join(directory, "both"), os.path.join(directory, "merged")
    for folder in (adapter, merged):
        os.mkdir(folder)
    write_adapter(directory, adapter, merged)
    for name in ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json"):
        shutil.copy(os.path.join(directory, name), adapter)
    said = [load_handler(handler_path, folder).score(frame).tolist() for folder in (adapter, merged)]
    assert said[0] == said[1], list(zip(*said))
    assert said[0] != unadapted


DECODINGS = (
    {"num_beams": 3, "length_penalty": 2.0, "early_stopping": True, "min_new_tokens": 3},
    {"no_repeat_ngram_size": 2, "repetition_penalty": 1.5, "bad_words_ids": [[9], [10, 11]]},
    {"num_beams": 2, "early_stopping": "never", "suppress_tokens": [5], "forced_eos_token_id": 1},
)
LABELS = ["abc", "abd", "hi", "xyz a"]


def written_for(handler_path, directory, name, options, labels, budget=16384):
    """Returns the handler as it is written for another decoding."""
    with open(handler_path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for start, value in (
        ("OPTIONS = ", f"json.loads({json.dumps(json.dumps(options))})"),
        ("LABELS = ", f"json.loads({json.dumps(json.dumps(labels))})"),
        ("TOKEN_BUDGET = ", str(budget)),
    ):
        [place] = [i for i, line in enumerate(lines) if line.startswith(start)]
        lines[place] = start + value
    path = os.path.join(directory, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return load_handler(path, directory)


def check_decodings(handler_path, directory, network, tokenizer, texts, greedy):
    """Every option must reach generate(), and labels must be all that comes out."""
    frame = pandas.DataFrame({0: pandas.Series(texts, dtype="string")})
    for number, options in enumerate(DECODINGS):
        handler = written_for(handler_path, directory, f"decoding_{number}.py", options, [])
        wanted = [expected(network, tokenizer, text, **options) for text in texts]
        got = handler.score(frame).tolist()
        assert got == wanted, (options, list(zip(got, wanted)))
        assert got != greedy, options
    for options in ({}, {"num_beams": 3}):
        handler = written_for(handler_path, directory, "labels.py", options, LABELS)
        got = handler.score(frame).tolist()
        assert set(got) <= set(LABELS) and len(set(got)) > 1, got


def check_ends(handler_path, directory, network, tokenizer, texts, greedy):
    """The tokens of generation_config.json count, and not those of config.json."""
    folder = os.path.join(directory, "ends")
    os.mkdir(folder)
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        shutil.copy(os.path.join(directory, name), folder)
    letters = tokenizer.convert_tokens_to_ids(list("aeiou"))
    with open(os.path.join(folder, "generation_config.json"), "w", encoding="utf-8") as file:
        json.dump({"eos_token_id": [1, *letters]}, file)
    wanted = [expected(network, tokenizer, text, eos_token_id=[1, *letters]) for text in texts]
    assert wanted != greedy
    frame = pandas.DataFrame({0: pandas.Series(texts, dtype="string")})
    got = load_handler(handler_path, folder).score(frame).tolist()
    assert got == wanted, list(zip(got, wanted))
    # A tokenizer that adds no end token, and one whose files name another.
    with open(os.path.join(folder, "tokenizer.json"), encoding="utf-8") as file:
        definition = json.load(file)
    definition["post_processor"] = None
    with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as file:
        json.dump(definition, file)
    handler = load_handler(handler_path, folder)
    assert handler.score(frame).tolist() == wanted
    with open(os.path.join(folder, "special_tokens_map.json"), "w", encoding="utf-8") as file:
        json.dump({"eos_token": "<unk>"}, file)
    assert load_handler(handler_path, folder).model().end == 2
    with open(os.path.join(folder, "tokenizer_config.json"), "w", encoding="utf-8") as file:
        json.dump({"eos_token": {"content": "</s>"}}, file)
    assert load_handler(handler_path, folder).model().end == 1


def check_budget(handler_path, directory, network, tokenizer, texts):
    """No batch has more tokens than the budget, unless it is of one row."""
    options = {"num_beams": 2}
    handler = written_for(handler_path, directory, "budget.py", options, [], budget=150)
    model, sizes = handler.model(), []
    original = model.generate

    def watched(rows):
        sizes.append((len(rows), 2 * len(rows) * (max(len(row) for row in rows) + 9)))
        return original(rows)

    model.generate = watched
    frame = pandas.DataFrame({0: pandas.Series(texts, dtype="string")})
    got = handler.score(frame).tolist()
    assert got == [expected(network, tokenizer, text, **options) for text in texts]
    assert all(rows == 1 or tokens <= 150 for rows, tokens in sizes), sizes
    assert len({rows for rows, _ in sizes}) > 1, sizes


def check(handler_path, directory):
    network = plain(make_checkpoint(directory))
    tokenizer = fast_tokenizer(directory)
    handler = load_handler(handler_path, directory)
    assert handler.PREFIX == PREFIX, handler.PREFIX
    assert handler.score.options == {"input": pandas.DataFrame, "max_batch_size": 64}

    texts = some_texts()
    wanted = [expected(network, tokenizer, text) for text in texts]
    assert len(set(wanted)) > 10, "the model says the same for everything: " + str(wanted)

    frame = pandas.DataFrame({0: pandas.Series(texts, dtype="string")})
    got = handler.score(frame).tolist()
    assert got == wanted, list(zip(got, wanted))

    # NULL and blank are NULL, the others keep their places.
    mixed = [None, texts[0], "", " \t\n", texts[1], pandas.NA, float("nan")]
    got = handler.score(pandas.DataFrame({0: pandas.Series(mixed, dtype="object")})).tolist()
    assert got == [None, wanted[0], None, None, wanted[1], None, None], got
    nothing = pandas.DataFrame({0: pandas.Series([None, None], dtype="string")})
    assert handler.score(nothing).tolist() == [None, None]
    assert handler.score(pandas.DataFrame({0: pandas.Series([], dtype="string")})).tolist() == []

    # One bad row is NULL and takes no other with it.
    model = handler.model()
    original = model.generate
    bad = model.encode(texts[5])

    def failing(rows):
        if bad in rows:
            raise RuntimeError("this row is bad")
        return original(rows)

    model.generate = failing
    got = handler.score(frame).tolist()
    assert got == wanted[:5] + [None] + wanted[6:], got
    model.generate = original

    assert handler.model() is model
    check_decodings(handler_path, directory, network, tokenizer, texts, wanted)
    check_ends(handler_path, directory, network, tokenizer, texts, wanted)
    check_budget(handler_path, directory, network, tokenizer, texts)
    check_adapter(handler_path, directory, frame, wanted)
    return "ok " + transformers.__version__


if __name__ == "__main__":
    if sys.argv[1] == "--fixture":
        write_fixture(sys.argv[2])
    else:
        print(check(sys.argv[1], sys.argv[2]))
