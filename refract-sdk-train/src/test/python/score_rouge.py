"""Scores pairs of texts with rouge_score: score_rouge.py PAIRS.json SCORES.json.

PAIRS.json is a list of [reference, prediction]. SCORES.json gets, for each pair, the F-measures of rouge1, rouge2,
rougeL and rougeLsum, first of the words and then of their stems.
"""

import json
import pathlib
import sys

from rouge_score import rouge_scorer

KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]

pairs = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
scorers = [rouge_scorer.RougeScorer(KINDS, use_stemmer=stemming) for stemming in (False, True)]
scores = []
for reference, prediction in pairs:
    both = [scorer.score(reference, prediction) for scorer in scorers]
    scores.append([[float(score[kind].fmeasure) for kind in KINDS] for score in both])
pathlib.Path(sys.argv[2]).write_text(json.dumps(scores), encoding="utf-8")
