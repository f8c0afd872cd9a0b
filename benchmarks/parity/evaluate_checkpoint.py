"""Measures a checkpoint that the SDK wrote with transformers, and adds the values to the SDK's report.

So the two sides are compared by one ruler, and the SDK's own loss and metrics are checked on the way.

    python evaluate_checkpoint.py --start DIR --model DIR --split SPLIT --report FILE
"""

import argparse
import datetime
import json
from pathlib import Path

import torch
from measures import fingerprint, loss_of_batch_means, loss_per_token, measure_texts
from train_seq2seq import Rows
from transformers import AutoTokenizer, DataCollatorForSeq2Seq, T5ForConditionalGeneration


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--start", required=True, help="the model that the training started from")
    parser.add_argument("--model", required=True, help="the checkpoint that it wrote")
    parser.add_argument("--split", type=Path, required=True)
    parser.add_argument("--max-source-tokens", type=int, required=True)
    parser.add_argument("--max-target-tokens", type=int, required=True)
    parser.add_argument("--report", type=Path, required=True)
    args = parser.parse_args()

    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = T5ForConditionalGeneration.from_pretrained(args.model)
    rows = Rows(args.split / "validation.jsonl", tokenizer, "", args.max_source_tokens, args.max_target_tokens)
    collator = DataCollatorForSeq2Seq(tokenizer, model=model)
    report = json.loads(args.report.read_text())
    report["side"] = "refract"
    report["date"] = datetime.date.today().isoformat()
    report["start"] = fingerprint(args.start)
    report["metrics_by_transformers"] = {
        "loss": loss_per_token(model, rows, collator),
        "eval_loss": loss_of_batch_means(model, rows, collator),
        **measure_texts(model, rows, collator, tokenizer, args.max_target_tokens),
    }
    args.report.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report["metrics_by_transformers"]))


if __name__ == "__main__":
    main()
