"""Fine-tunes a T5 with Hugging Face's Seq2SeqTrainer on training.jsonl and validation.jsonl of a folder, and writes a report.

The report has, for each epoch, the training loss and the validation loss per target token, and at the end the metrics of
generated texts, under the names of the SDK's own reports.

    python train_seq2seq.py --model DIR --split SPLIT --output DIR --report FILE
"""

import argparse
import json
import time
from pathlib import Path

import numpy
import torch
from rouge_score import rouge_scorer
from transformers import (
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    T5ForConditionalGeneration,
    TrainerCallback,
)

ROUGE = ["rouge1", "rouge2", "rougeL", "rougeLsum"]


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


def batches(rows, collator, size):
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i]["input_ids"]))
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        yield chosen, collator([dict(rows[i]) for i in chosen])


def loss_per_token(model, rows, collator):
    """Mean cross entropy over all target tokens; the trainer's own eval_loss is a mean of means of batches."""
    was_training = model.training
    model.eval()
    total, tokens = 0.0, 0
    with torch.no_grad():
        for _, batch in batches(rows, collator, 32):
            count = int((batch["labels"] != -100).sum())
            total += float(model(**batch).loss) * count
            tokens += count
    model.train(was_training)
    return total / tokens


def generate(model, rows, collator, tokenizer, max_new_tokens):
    model.eval()
    texts = [None] * len(rows)
    for chosen, batch in batches(rows, collator, 32):
        ids = model.generate(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], max_new_tokens=max_new_tokens, do_sample=False
        )
        for i, text in zip(chosen, tokenizer.batch_decode(ids, skip_special_tokens=True)):
            texts[i] = text
    return texts


def metrics(texts, references):
    scorer = rouge_scorer.RougeScorer(ROUGE, use_stemmer=True)
    scores = [scorer.score(r, t) for t, r in zip(texts, references)]
    result = {name: float(numpy.mean([s[name].fmeasure for s in scores])) for name in ROUGE}
    result["exact_match"] = float(numpy.mean([t.strip() == r.strip() for t, r in zip(texts, references)]))
    return result


class Epochs(TrainerCallback):
    """Measures the losses at the end of each epoch."""

    def __init__(self, validation, collator):
        self.validation = validation
        self.collator = collator
        self.epochs = []

    def on_epoch_end(self, args, state, control, model=None, **kwargs):
        loss = loss_per_token(model, self.validation, self.collator)
        self.epochs.append({"epoch": len(self.epochs) + 1, "step": state.global_step, "loss": loss})


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
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--output", required=True, help="directory for the trainer's files")
    parser.add_argument("--report", type=Path, required=True, help="JSON file to write")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = T5ForConditionalGeneration.from_pretrained(args.model)
    limits = (args.prefix, args.max_source_tokens, args.max_target_tokens)
    training = Rows(args.split / "training.jsonl", tokenizer, *limits)
    validation = Rows(args.split / "validation.jsonl", tokenizer, *limits)
    collator = DataCollatorForSeq2Seq(tokenizer, model=model)
    epochs = Epochs(validation, collator)
    before = loss_per_token(model, validation, collator)
    trainer = Seq2SeqTrainer(
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
            group_by_length=True,
            eval_strategy="no",
            save_strategy="no",
            logging_strategy="epoch",
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
    start = time.time()
    trainer.train()
    seconds = time.time() - start
    for epoch, log in zip(epochs.epochs, [l for l in trainer.state.log_history if "loss" in l]):
        epoch["train_loss"] = log["loss"]
    texts = generate(model, validation, collator, tokenizer, args.max_target_tokens)
    after = {"loss": epochs.epochs[-1]["loss"], **metrics(texts, [e["target"] for e in validation.examples])}
    report = {
        "training_rows": len(training),
        "held_out_rows": len(validation),
        "metrics_before": {"loss": before},
        "metrics_after": after,
        "epochs": epochs.epochs,
        "seconds": {"train": round(seconds, 1)},
    }
    args.report.parent.mkdir(parents=True, exist_ok=True)
    args.report.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(after))


if __name__ == "__main__":
    main()
