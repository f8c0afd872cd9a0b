"""Scores text with the T5 model that lies in the import directory of this function.

Written by Refract SDK; the constants below are the settings of the registered score function.
Works with transformers 4.41 to 5.x and needs no network.
"""

import logging
import os
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
from tokenizers import Tokenizer
from transformers import AutoModelForSeq2SeqLM, GenerationConfig

PREFIX = ${prefix}
MAX_SOURCE_TOKENS = ${maxSourceTokens}
MAX_NEW_TOKENS = ${maxNewTokens}
MICRO_BATCH_ROWS = ${microBatchRows}
MAX_BATCH_ROWS = ${maxBatchRows}
THREADS = ${threads}

LOG = logging.getLogger("refract.t5")


class Model:
    """The network, its tokenizer and greedy generation; safe for several threads."""

    def __init__(self, directory):
        # Snowflake runs one process per core; more threads each would only get in their way.
        torch.set_num_threads(THREADS)
        network = AutoModelForSeq2SeqLM.from_pretrained(directory, local_files_only=True)
        self.network = network.float().eval()
        config = network.config
        self.pad = config.pad_token_id if config.pad_token_id is not None else 0
        self.eos = config.eos_token_id
        start = getattr(config, "decoder_start_token_id", None)
        # In place of the checkpoint's own, which may ask for beams or penalties.
        self.network.generation_config = GenerationConfig(
            max_new_tokens=MAX_NEW_TOKENS,
            do_sample=False,
            num_beams=1,
            pad_token_id=self.pad,
            eos_token_id=self.eos,
            decoder_start_token_id=self.pad if start is None else start,
        )
        # The tokenizers library itself, as the SDK uses it: the same file gives the same ids.
        self.tokenizer = Tokenizer.from_file(os.path.join(directory, "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def encode(self, text):
        ids = self.tokenizer.encode(PREFIX + text, add_special_tokens=False).ids
        return ids[: MAX_SOURCE_TOKENS - 1] + [self.eos]

    def generate(self, rows):
        width = max(len(row) for row in rows)
        ids = torch.tensor([row + [self.pad] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        with torch.no_grad():
            outputs = self.network.generate(input_ids=ids, attention_mask=mask)
        return self.tokenizer.decode_batch(outputs.tolist(), skip_special_tokens=True)


_lock = threading.Lock()
_loaded = None


def model():
    """Returns the model, which the first caller in the process loads."""
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = Model(sys._xoptions["snowflake_import_directory"])
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
    for begin in range(0, len(rows), MICRO_BATCH_ROWS):
        generate_into(results, rows[begin : begin + MICRO_BATCH_ROWS])
    return results


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
