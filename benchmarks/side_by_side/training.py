"""Trainings of the Python side: single updates by hand, and an epoch by Seq2SeqTrainer."""

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "parity"))
from sdk_order import SameBatches  # noqa: E402
from transformers import (  # noqa: E402
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    PrinterCallback,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    T5ForConditionalGeneration,
    TrainerCallback,
)

EVALUATION_ROWS = 32


def read(path):
    with Path(path).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def encode(tokenizer, rows, command):
    sources = tokenizer([row["source"] for row in rows], truncation=True, max_length=command["max_source_tokens"])
    labels = tokenizer([row["target"] for row in rows], truncation=True, max_length=command["max_target_tokens"])
    return [
        {"input_ids": i, "attention_mask": a, "labels": l}
        for i, a, l in zip(sources["input_ids"], sources["attention_mask"], labels["input_ids"])
    ]


class Steps:
    """Makes one update at a time: forward, backward, clipping to norm 1, AdamW in its fused form."""

    def __init__(self, directory, attention):
        self.directory = directory
        self.attention = attention
        self.setup = None

    def begin(self, command):
        tokenizer = AutoTokenizer.from_pretrained(self.directory)
        rows = encode(tokenizer, read(command["data"]), command)
        assert len(rows) == command["batch_size"], "the data must be one batch"
        self.batch = {key: torch.tensor([row[key] for row in rows]) for key in rows[0]}
        self.model = T5ForConditionalGeneration.from_pretrained(
            self.directory, dtype=torch.float32, attn_implementation=self.attention, dropout_rate=command["dropout"]
        ).train()
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=command["learning_rate"], eps=1e-8, weight_decay=0.0, fused=True
        )
        bf16 = command["precision"] == "bf16"
        self.casting = torch.autocast("cpu", dtype=torch.bfloat16) if bf16 else contextlib.nullcontext()

    def run(self, command):
        setup = {key: value for key, value in command.items() if key != "restart"}
        if command.get("restart") or setup != self.setup:
            self.begin(command)
            self.setup = setup
        start = time.perf_counter()
        with self.casting:
            loss = self.model(**self.batch).loss
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        loss, norm = float(loss), float(norm)
        return {"seconds": time.perf_counter() - start, "loss": loss, "gradient_norm": norm}


class Rows(torch.utils.data.Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]


class Evaluations(TrainerCallback):
    """Measures the validation loss per target token every so many steps and at the end, and how long that took."""

    def __init__(self, rows, collator, every):
        self.rows = sorted(rows, key=lambda row: -len(row["input_ids"]))
        self.collator = collator
        self.every = every
        self.losses = []
        self.seconds = 0.0

    def on_step_end(self, args, state, control, model=None, **kwargs):
        if state.global_step % self.every == 0 or state.global_step == state.max_steps:
            start = time.perf_counter()
            self.losses.append({"step": state.global_step, "loss": self.loss(model)})
            self.seconds += time.perf_counter() - start

    def loss(self, model):
        model.eval()
        total, tokens = 0.0, 0
        with torch.no_grad():
            for start in range(0, len(self.rows), EVALUATION_ROWS):
                batch = self.collator([dict(row) for row in self.rows[start : start + EVALUATION_ROWS]])
                count = int((batch["labels"] != -100).sum())
                total += float(model(**batch).loss) * count
                tokens += count
        model.train()
        return total / tokens


class Epoch:
    """Trains from the checkpoint for the first updates of an epoch with Seq2SeqTrainer's defaults, texts to weights.

    The command's dropout, if it has one, replaces the model's. With the order "sdk" the batches are the SDK's.
    """

    def __init__(self, directory, attention):
        self.directory = directory
        self.attention = attention

    def run(self, command):
        tokenizer = AutoTokenizer.from_pretrained(self.directory)
        dropout = {"dropout_rate": command["dropout"]} if "dropout" in command else {}
        model = T5ForConditionalGeneration.from_pretrained(
            self.directory, dtype=torch.float32, attn_implementation=self.attention, **dropout
        )
        trainer_class = SameBatches if command["order"] == "sdk" else Seq2SeqTrainer
        training, validation = read(command["data"]), read(command["validation"])
        start = time.perf_counter()
        rows = Rows(encode(tokenizer, training, command))
        collator = DataCollatorForSeq2Seq(tokenizer, model=model)
        evaluations = Evaluations(encode(tokenizer, validation, command), collator, command["evaluate_every"])
        with tempfile.TemporaryDirectory() as output:
            trainer = trainer_class(
                model=model,
                args=Seq2SeqTrainingArguments(
                    output_dir=output, num_train_epochs=1, max_steps=command["steps"], per_device_train_batch_size=command["batch_size"],
                    learning_rate=command["learning_rate"], seed=command["seed"], use_cpu=True,
                    dataloader_pin_memory=False, save_strategy="no", report_to=[], disable_tqdm=True,
                ),
                train_dataset=rows,
                data_collator=collator,
                callbacks=[evaluations],
            )
            trainer.remove_callback(PrinterCallback)
            trainer.train()
        seconds = time.perf_counter() - start - evaluations.seconds
        return {"seconds": seconds, "steps": trainer.state.global_step, "validation_losses": evaluations.losses}
