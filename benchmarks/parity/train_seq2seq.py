"""Fine-tunes a T5 with Hugging Face's Seq2SeqTrainer on a split that the SDK wrote, and prints exact match and loss.

    samples/run fine-tune ... --write-split SPLIT          # the SDK's side, writes SPLIT/{training,validation}.jsonl
    python train_seq2seq.py --model DIR --split SPLIT      # the Python side, the same split and hyper-parameters
"""

import argparse
import json
import time
from pathlib import Path

import numpy
import torch
from transformers import (
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    T5ForConditionalGeneration,
)


class Rows(torch.utils.data.Dataset):
    """Tokenized examples of one side of the split."""

    def __init__(self, path, tokenizer, prefix, max_source_tokens, max_target_tokens):
        with path.open(encoding="utf-8") as file:
            examples = [json.loads(line) for line in file]
        sources = tokenizer([prefix + e["source"] for e in examples], truncation=True, max_length=max_source_tokens)
        labels = tokenizer([e["target"] for e in examples], truncation=True, max_length=max_target_tokens)
        self.rows = [
            {"input_ids": i, "attention_mask": a, "labels": l}
            for i, a, l in zip(sources["input_ids"], sources["attention_mask"], labels["input_ids"])
        ]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]


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
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--output", required=True, help="directory for the trainer's files")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = T5ForConditionalGeneration.from_pretrained(args.model)
    limits = (args.prefix, args.max_source_tokens, args.max_target_tokens)
    training = Rows(args.split / "training.jsonl", tokenizer, *limits)
    validation = Rows(args.split / "validation.jsonl", tokenizer, *limits)

    def decode(ids):
        ids = numpy.where(ids < 0, tokenizer.pad_token_id, ids)
        return [text.strip() for text in tokenizer.batch_decode(ids, skip_special_tokens=True)]

    def metrics(prediction):
        # The labels are decoded too, since group_by_length evaluates in another order than the file's.
        pairs = list(zip(decode(prediction.predictions), decode(prediction.label_ids)))
        return {"exact_match": sum(text == target for text, target in pairs) / len(pairs)}

    trainer = Seq2SeqTrainer(
        model=model,
        args=Seq2SeqTrainingArguments(
            output_dir=args.output,
            num_train_epochs=args.epochs,
            per_device_train_batch_size=args.batch_size,
            per_device_eval_batch_size=64,
            learning_rate=args.learning_rate,
            warmup_ratio=args.warmup_ratio,
            weight_decay=0.0,
            max_grad_norm=1.0,
            lr_scheduler_type="linear",
            group_by_length=True,
            predict_with_generate=True,
            generation_max_length=args.max_target_tokens,
            eval_strategy="no",
            save_strategy="no",
            logging_steps=200,
            report_to=[],
            seed=args.seed,
            use_cpu=True,
            dataloader_pin_memory=False,
        ),
        train_dataset=training,
        eval_dataset=validation,
        data_collator=DataCollatorForSeq2Seq(tokenizer, model=model),
        compute_metrics=metrics,
    )
    start = time.time()
    trainer.train()
    seconds = time.time() - start
    result = trainer.evaluate()
    print(
        json.dumps(
            {
                "training_rows": len(training),
                "validation_rows": len(validation),
                "epochs": args.epochs,
                "training_seconds": round(seconds, 1),
                "loss": result["eval_loss"],
                "exact_match": result["eval_exact_match"],
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
