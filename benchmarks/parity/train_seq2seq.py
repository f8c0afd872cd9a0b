"""Fine-tunes a T5 with Hugging Face's Seq2SeqTrainer on training.jsonl and validation.jsonl of a folder, and writes a report.

The report has, for each epoch, the training loss and the validation loss per target token, and at the end the metrics of
generated texts, under the names of the SDK's own reports.

    python train_seq2seq.py --model DIR --split SPLIT --output DIR --report FILE
"""

import argparse
import datetime
import json
import time
from pathlib import Path

import accelerate
import numpy
import torch
import transformers
from measures import fingerprint, loss_of_batch_means, loss_per_token, measure_texts
from sdk_order import SameBatches
from transformers import (
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    PrinterCallback,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    T5ForConditionalGeneration,
    TrainerCallback,
)

STEPS_PER_POINT = 20  # of the curve of training losses


class Rows(torch.utils.data.Dataset):
    """Tokenized examples of one side of the split."""

    def __init__(self, path, tokenizer, prefix, max_source_tokens, max_target_tokens):
        with path.open(encoding="utf-8") as file:
            self.examples = [json.loads(line) for line in file]
        sources = tokenizer([prefix + e["source"] for e in self.examples], truncation=True, max_length=max_source_tokens)
        labels = tokenizer([e["target"] for e in self.examples], truncation=True, max_length=max_target_tokens)
        self.rows = [
            {"input_ids": i, "attention_mask": a, "labels": l}
            for i, a, l in zip(sources["input_ids"], sources["attention_mask"], labels["input_ids"])
        ]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]


class Epochs(TrainerCallback):
    """Measures the losses at the end of each epoch."""

    def __init__(self, validation, collator):
        self.validation = validation
        self.collator = collator
        self.epochs = []

    def on_epoch_end(self, args, state, control, model=None, **kwargs):
        loss = loss_per_token(model, self.validation, self.collator)
        means = loss_of_batch_means(model, self.validation, self.collator)
        self.epochs.append({"epoch": len(self.epochs) + 1, "step": state.global_step, "loss": loss, "eval_loss": means})


def curve(steps):
    """The mean loss of each STEPS_PER_POINT updates."""
    points = []
    for start in range(0, len(steps), STEPS_PER_POINT):
        part = steps[start : start + STEPS_PER_POINT]
        points.append({"step": start + len(part), "loss": round(sum(part) / len(part), 5)})
    return points


def perturb(model, seed):
    """A change of the size of float32 rounding (its unit is 1.2e-7), to show how far training carries it."""
    noise = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1 + 1e-7 * torch.randn(parameter.shape, generator=noise))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--split", type=Path, required=True)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--warmup-ratio", type=float, default=0.0)
    parser.add_argument("--max-source-tokens", type=int, default=512)
    parser.add_argument("--max-target-tokens", type=int, default=128)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--dropout", type=float, help="default: the model's own")
    parser.add_argument(
        "--order", choices=["grouped", "random", "sdk"], default="random",
        help="batches of similar lengths as group_by_length makes them, of any length, or the SDK's own",
    )
    parser.add_argument("--perturb", type=int, metavar="SEED", help="scale each first weight by 1 + 1e-7 times Gaussian noise")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--output", required=True, help="directory for the trainer's files")
    parser.add_argument("--report", type=Path, required=True, help="JSON file to write")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    changes = {} if args.dropout is None else {"dropout_rate": args.dropout}
    model = T5ForConditionalGeneration.from_pretrained(args.model, **changes)
    if args.perturb is not None:
        perturb(model, args.perturb)
    limits = (args.prefix, args.max_source_tokens, args.max_target_tokens)
    training = Rows(args.split / "training.jsonl", tokenizer, *limits)
    validation = Rows(args.split / "validation.jsonl", tokenizer, *limits)
    collator = DataCollatorForSeq2Seq(tokenizer, model=model)
    epochs = Epochs(validation, collator)
    before = loss_per_token(model, validation, collator)
    trainer_class = SameBatches if args.order == "sdk" else Seq2SeqTrainer
    trainer = trainer_class(
        model=model,
        args=Seq2SeqTrainingArguments(
            output_dir=args.output,
            num_train_epochs=args.epochs,
            per_device_train_batch_size=args.batch_size,
            learning_rate=args.learning_rate,
            warmup_ratio=args.warmup_ratio,
            weight_decay=0.0,
            max_grad_norm=1.0,
            lr_scheduler_type="linear",
            group_by_length=args.order == "grouped",
            eval_strategy="no",
            save_strategy="no",
            logging_steps=1,
            report_to=[],
            seed=args.seed,
            use_cpu=True,
            dataloader_pin_memory=False,
            disable_tqdm=True,
        ),
        train_dataset=training,
        data_collator=collator,
        callbacks=[epochs],
    )
    trainer.remove_callback(PrinterCallback)
    start = time.time()
    trainer.train()
    seconds = time.time() - start
    steps = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    first = 0
    for epoch in epochs.epochs:
        part = steps[first : epoch["step"]]
        epoch["train_loss"] = sum(part) / len(part)
        first = epoch["step"]
    after = {
        "loss": epochs.epochs[-1]["loss"],
        "eval_loss": epochs.epochs[-1]["eval_loss"],
        **measure_texts(model, validation, collator, tokenizer, args.max_target_tokens),
    }
    report = {
        "side": "transformers",
        "start": fingerprint(args.model),
        "date": datetime.date.today().isoformat(),
        "versions": {m.__name__: m.__version__ for m in (transformers, torch, accelerate, numpy)},
        "settings": {
            name: getattr(args, name)
            for name in (
                "epochs", "batch_size", "learning_rate", "warmup_ratio", "max_source_tokens", "max_target_tokens",
                "seed", "dropout", "order", "perturb", "threads",
            )
        },
        "training_rows": len(training),
        "held_out_rows": len(validation),
        "metrics_before": {"loss": before},
        "metrics_after": after,
        "epochs": epochs.epochs,
        "steps": curve(steps),
        "seconds": {"train": round(seconds, 1)},
    }
    args.report.parent.mkdir(parents=True, exist_ok=True)
    args.report.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(after))


if __name__ == "__main__":
    main()
