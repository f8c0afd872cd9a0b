"""Scores text with the T5 model that lies in the import directory of this function.

Written by Refract SDK; the constants below are the settings of the registered score function.
Works with transformers 4.41 to 5.x and needs no network.
"""

import json
import logging
import math
import os
import re
import shutil
import sys
import tempfile
import threading

# Before transformers is imported: nothing is ever looked up outside the import directory.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ.setdefault("HF_HOME", os.path.join(tempfile.gettempdir(), "refract-hf"))

import pandas
import torch
from _snowflake import vectorized
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import AutoModelForSeq2SeqLM, GenerationConfig

PREFIX = ${prefix}
MAX_SOURCE_TOKENS = ${maxSourceTokens}
MAX_NEW_TOKENS = ${maxNewTokens}
MICRO_BATCH_ROWS = ${microBatchRows}
TOKEN_BUDGET = ${tokenBudget}
MAX_BATCH_ROWS = ${maxBatchRows}
THREADS = ${threads}
# Options of generate() that differ from its defaults, and the only texts that may come out, if any.
OPTIONS = json.loads(${options})
LABELS = json.loads(${labels})

# The files and names of peft.
ADAPTER_CONFIG = "adapter_config.json"
LORA_PREFIX = "base_model.model."
LORA_A = ".lora_A.weight"
LORA_B = ".lora_B.weight"

# What transformers does for tokenizers with clean_up_tokenization_spaces, in its order.
CLEAN_UP = (
    (" .", "."),
    (" ?", "?"),
    (" !", "!"),
    (" ,", ","),
    (" ' ", "'"),
    (" n't", "n't"),
    (" 'm", "'m"),
    (" 's", "'s"),
    (" 've", "'ve"),
    (" 're", "'re"),
)

LOG = logging.getLogger("refract.t5")


class Model:
    """The network, its tokenizer and how it generates; safe for several threads."""

    def __init__(self, directory):
        # Snowflake runs one process per core; more threads each would only get in their way.
        torch.set_num_threads(THREADS)
        self.network = load_network(directory).float().eval()
        self.pad = self.token("pad_token_id", 0)
        ends = self.token("eos_token_id", 1)
        self.ends = ends if isinstance(ends, list) else [ends]
        # In place of the checkpoint's own, which OPTIONS already come from or replace.
        self.network.generation_config = GenerationConfig(
            max_new_tokens=MAX_NEW_TOKENS,
            do_sample=False,
            pad_token_id=self.pad,
            eos_token_id=self.ends,
            decoder_start_token_id=self.token("decoder_start_token_id", self.pad),
            **OPTIONS,
        )
        # The tokenizers library itself, as the SDK uses it: the same file gives the same ids.
        self.tokenizer = Tokenizer.from_file(os.path.join(directory, "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.clean_up = read_json(directory, "tokenizer_config.json").get(
            "clean_up_tokenization_spaces", False
        )
        # What texts end with; what the network ends with may be more than that.
        self.end = self.tokenizer.token_to_id(end_token(directory))
        if self.end is None:
            raise ValueError(f"tokenizer.json lacks the end token {end_token(directory)}")
        self.labels = self.read_labels()
        self.allowed = {}
        for ids in self.labels:
            for length in range(len(ids)):
                self.allowed.setdefault(ids[:length], set()).add(ids[length])

    def token(self, name, default):
        """Returns a token of generation_config.json, else of config.json, as the SDK does."""
        for settings in (self.network.generation_config, self.network.config):
            value = getattr(settings, name, None)
            if value is not None:
                return value
        return default

    def read_labels(self):
        """Returns the labels by their token ids."""
        labels = {}
        if LABELS and self.end not in self.ends:
            raise ValueError(f"labels end with token {self.end}, but the model ends with one of {self.ends}")
        for label in LABELS:
            ids = self.tokenizer.encode(label, add_special_tokens=False).ids + [self.end]
            if self.end in ids[:-1]:
                raise ValueError(f"the label {label!r} has the end token inside")
            if len(ids) > MAX_NEW_TOKENS:
                raise ValueError(f"the label {label!r} has {len(ids)} tokens, {MAX_NEW_TOKENS} are allowed")
            if labels.setdefault(tuple(ids), label) != label:
                raise ValueError(f"the labels {label!r} and {labels[tuple(ids)]!r} have the same tokens")
        return labels

    def allowed_tokens(self, _, ids):
        """Returns what may follow; a beam that has ended, or never had a chance, goes on with ends."""
        return sorted(self.allowed.get(tuple(ids[1:].tolist()), {self.end}))

    def encode(self, text):
        ids = self.tokenizer.encode(PREFIX + text, add_special_tokens=False).ids
        return ids[: MAX_SOURCE_TOKENS - 1] + [self.end]

    def generate(self, rows):
        width = max(len(row) for row in rows)
        ids = torch.tensor([row + [self.pad] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        constraint = {"prefix_allowed_tokens_fn": self.allowed_tokens} if self.labels else {}
        with torch.no_grad():
            outputs = self.network.generate(input_ids=ids, attention_mask=mask, **constraint)
        return [self.decode(row) for row in outputs.tolist()]

    def decode(self, ids):
        """Returns the text of what generate() gives: the start token, the text, its end, padding."""
        length = next((at for at, token in enumerate(ids) if at > 0 and token in self.ends), len(ids))
        said = ids[1 : length + 1]
        if self.labels:
            return self.labels[tuple(said)]
        # The embedding may have more rows than the tokenizer has tokens.
        known = [token for token in said if token < self.tokenizer.get_vocab_size()]
        text = self.tokenizer.decode(known, skip_special_tokens=True)
        if self.clean_up:
            for before, after in CLEAN_UP:
                text = text.replace(before, after)
        return text


def load_network(directory):
    """Returns the network; a LoRA adapter beside its weights is added to them, without peft."""
    settings = read_json(directory, ADAPTER_CONFIG)
    if not settings:
        return AutoModelForSeq2SeqLM.from_pretrained(directory, local_files_only=True)
    with tempfile.TemporaryDirectory() as base:
        # Where peft is installed, transformers looks for an adapter too, and would add it as well.
        for name in ("config.json", "generation_config.json", "model.safetensors"):
            if os.path.exists(os.path.join(directory, name)):
                link(os.path.join(directory, name), os.path.join(base, name))
        network = AutoModelForSeq2SeqLM.from_pretrained(base, local_files_only=True)
    add_adapter(network, directory, settings)
    return network


def link(source, target):
    try:
        os.symlink(os.path.abspath(source), target)
    except OSError:
        shutil.copyfile(source, target)


def add_adapter(network, directory, settings):
    """Adds scale B A to the weight of each module that the adapter has an A and a B for."""
    arrays = load_file(os.path.join(directory, "adapter_model.safetensors"))
    weights = dict(network.named_parameters())
    names = [name for name in arrays if name.endswith(LORA_A)]
    if 2 * len(names) != len(arrays):
        raise ValueError("the adapter holds more than pairs of lora_A and lora_B")
    with torch.no_grad():
        for name in names:
            a = arrays[name].float()
            b = arrays[name[: -len(LORA_A)] + LORA_B].float()
            module = name[len(LORA_PREFIX) : -len(LORA_A)]
            weight = weights[module + ".weight"]
            weight.data = weight.data.float() + (b @ a) * scale_of(settings, module, len(a))


def scale_of(settings, module, rank):
    alpha = settings["lora_alpha"]
    for pattern, other in (settings.get("alpha_pattern") or {}).items():
        if re.match(rf"(.*\.)?({pattern})$", module):
            alpha = other
            break
    return alpha / (math.sqrt(rank) if settings.get("use_rslora") else rank)


def read_json(directory, name):
    path = os.path.join(directory, name)
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def end_token(directory):
    """Returns the end token as the SDK finds it: the configuration wins over the map, T5's own is the default."""
    named = {**read_json(directory, "special_tokens_map.json"), **read_json(directory, "tokenizer_config.json")}
    token = named.get("eos_token")
    if isinstance(token, dict):
        token = token.get("content")
    return token or "</s>"


def import_directory():
    """Returns where Snowflake puts the imports, without the separator that it ends with."""
    return sys._xoptions["snowflake_import_directory"].rstrip("/\\")


_lock = threading.Lock()
_loaded = None


def model():
    """Returns the model, which the first caller in the process loads."""
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = Model(import_directory())
    return _loaded


def score_texts(texts):
    """Returns one output per text in the same order, None for NULL, blank or unscorable text."""
    results = [None] * len(texts)
    rows = []
    for position, text in enumerate(texts):
        if isinstance(text, str) and text.strip():
            try:
                rows.append((position, model().encode(text)))
            except Exception as error:
                LOG.warning("row %d of the batch cannot be encoded: %r", position, error)
    # Rows of similar length together waste the least on padding.
    rows.sort(key=lambda row: len(row[1]), reverse=True)
    for batch in batches(rows):
        generate_into(results, batch)
    return results


def batches(rows):
    """Cuts rows, the longest first, as the SDK does: no batch has more tokens than the budget,
    padding and those to come included, once for each beam. A row that needs more goes alone."""
    batch = []
    for row in rows:
        if batch:
            width = len(batch[0][1]) + MAX_NEW_TOKENS
            tokens = (len(batch) + 1) * OPTIONS.get("num_beams", 1) * width
            if len(batch) == MICRO_BATCH_ROWS or tokens > TOKEN_BUDGET:
                yield batch
                batch = []
        batch.append(row)
    if batch:
        yield batch


def generate_into(results, rows):
    try:
        outputs = model().generate([ids for _, ids in rows])
        for (position, _), output in zip(rows, outputs):
            results[position] = output
    except Exception as error:
        if len(rows) == 1:
            LOG.warning("row %d of the batch cannot be scored: %r", rows[0][0], error)
            return
        # One bad row must not take the others with it.
        for row in rows:
            generate_into(results, [row])


@vectorized(input=pandas.DataFrame, max_batch_size=MAX_BATCH_ROWS)
def score(frame):
    """The handler: one VARCHAR column in, one VARCHAR out."""
    return pandas.Series(score_texts(frame[0].tolist()), dtype="object")


# While the module is imported, where Snowflake allows more time than for a call.
model()
