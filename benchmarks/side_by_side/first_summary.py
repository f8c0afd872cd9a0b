"""Summarizes the text of each line of a JSONL file: the same job as samples/run generate, in a process of its own.

    python first_summary.py MODEL INPUT OUTPUT THREADS eager|sdpa
"""

import json
import sys

import torch
from transformers import AutoTokenizer, T5ForConditionalGeneration


def main():
    model_directory, source, output, threads, attention = sys.argv[1:6]
    torch.set_num_threads(int(threads))
    tokenizer = AutoTokenizer.from_pretrained(model_directory)
    model = T5ForConditionalGeneration.from_pretrained(model_directory, dtype=torch.float32, attn_implementation=attention).eval()
    with open(source, encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    batch = tokenizer(texts, truncation=True, max_length=512, padding=True, return_tensors="pt")
    ids = model.generate(
        input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], max_new_tokens=64, do_sample=False
    )[:, 1:]
    with open(output, "w", encoding="utf-8") as file:
        for text, row in zip(texts, ids):
            summary = tokenizer.decode(row, skip_special_tokens=True)
            file.write(json.dumps({"text": text, "ids": row.tolist(), "generated": summary}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
