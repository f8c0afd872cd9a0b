"""Scores pairs of texts with rouge_score: score_rouge.py PAIRS.json SCORES.json KIND...

PAIRS.json is a list of [reference, prediction]. SCORES.json gets, for each pair, first of the words and then of their
stems, precision, recall and F-measure of each kind (rouge1, rouge2, rougeL, rougeLsum).
"""

import json
import pathlib
import sys

from rouge_score import rouge_scorer

kinds = sys.argv[3:]
pairs = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
scorers = [rouge_scorer.RougeScorer(kinds, use_stemmer=stemming) for stemming in (False, True)]
scores = []
for reference, prediction in pairs:
    both = [scorer.score(reference, prediction) for scorer in scorers]
    scores.append([[[float(value) for value in score[kind]] for kind in kinds] for score in both])
pathlib.Path(sys.argv[2]).write_text(json.dumps(scores), encoding="utf-8")
