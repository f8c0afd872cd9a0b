"""What is measured on the validation rows, by the same definitions as the SDK's Evaluator."""

import hashlib
from pathlib import Path

import numpy
import torch
from rouge_score import rouge_scorer

ROUGE = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
BATCH = 32


def fingerprint(model):
    """Tells weights and tokenizer of a model's directory from all others; the dropout is not part of it."""
    files = [Path(model) / name for name in ("model.safetensors", "tokenizer.json")]
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()[:16]


def batches(rows, collator):
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i]["input_ids"]))
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        yield chosen, collator([dict(rows[i]) for i in chosen])


def losses(model, rows, collator):
    """The mean loss, the target tokens and the rows of each batch, without dropout."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        result = [
            (float(model(**batch).loss), int((batch["labels"] != -100).sum()), len(chosen))
            for chosen, batch in batches(rows, collator)
        ]
    model.train(was_training)
    return result


def loss_per_token(model, rows, collator):
    """Mean cross entropy over all target tokens, the SDK's loss."""
    parts = losses(model, rows, collator)
    return sum(loss * tokens for loss, tokens, _ in parts) / sum(tokens for _, tokens, _ in parts)


def loss_of_batch_means(model, rows, collator):
    """Mean of the batches' means, weighted by rows, as the trainer's own eval_loss is."""
    parts = losses(model, rows, collator)
    return sum(loss * count for loss, _, count in parts) / sum(count for _, _, count in parts)


def generate(model, rows, collator, tokenizer, max_new_tokens):
    model.eval()
    texts = [None] * len(rows)
    for chosen, batch in batches(rows, collator):
        ids = model.generate(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], max_new_tokens=max_new_tokens, do_sample=False
        )
        for i, text in zip(chosen, tokenizer.batch_decode(ids, skip_special_tokens=True)):
            texts[i] = text
    return texts


def measure_texts(model, rows, collator, tokenizer, max_new_tokens):
    """The metrics of greedy generation."""
    texts = generate(model, rows, collator, tokenizer, max_new_tokens)
    return score_texts(texts, [example["target"] for example in rows.examples])


def score_texts(texts, references):
    """Exact match and ROUGE, both with words compared by their stems and as they are."""
    result = {"exact_match": float(numpy.mean([t.strip() == r.strip() for t, r in zip(texts, references)]))}
    for suffix, stemming in (("", False), ("_stemmed", True)):
        scorer = rouge_scorer.RougeScorer(ROUGE, use_stemmer=stemming)
        scores = [scorer.score(r, t) for t, r in zip(texts, references)]
        result.update({name + suffix: float(numpy.mean([s[name].fmeasure for s in scores])) for name in ROUGE})
    return result
