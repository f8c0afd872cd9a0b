"""Makes src/test/resources/io/refract/train/metric/rouge.json and stems.json.

Pinned: rouge-score==0.1.2, nltk==3.10.4. All texts and words are made here from word parts with a
fixed seed; nothing is fetched.
"""

import importlib.metadata
import json
import pathlib
import random

from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "io" / "refract" / "train" / "metric"
KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]

ROOTS = (
    "happ hop fil fall fizz tann siz troubl conflat plaster motor relat condition valenc hesit digit conform radic "
    "differ vil analog vietnam predic oper feud decis hope call form sensit sensib triplic electr good reviv allow infer "
    "airlin gyroscop adjust defens irrit replac depend adopt homolog commun activ angul effect bowdler prob rat ceas "
    "controll roll geo theo archaeo philo enjo pla spr fl tr cr sk d l t sp us arr new inn out cann how proc exc succ "
    "agre f fr gr bl y yy syzyg o a i e w box wax tax show fix mix argu contin hous cust deliver invoic rout charg"
).split()
ENDINGS = (
    " s es ies sses ss ed eed ied ing y ies ational tional enci anci izer bli abli alli entli eli ousli ization ation ator "
    "alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er ic "
    "able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e le ll lle ying ly ically ability ization's "
    "fully lessly ologies ology ologist est ier iest 7 42"
).split(" ")
WORDS = (
    "the The a of and THE cat cats running runs ran summary summaries models modelled relational hopping hoped "
    "customer's well-known naïve café 日本 3.50 v2 x y2k it's e-mail café's RUNNING İstanbul \u212aelvin straße _under_ tab\tbed"
).split(" ")


def words():
    made = {root + ending for root in ROOTS for ending in ENDINGS}
    made |= set(
        "sky skies dying lying tying news innings inning outings outing cannings canning howe proceed exceed succeed "
        "dies died ties tied lies lied flies tries spied spy use uses used using they array arrays this his was has "
        "yyyy yyyyy eye eyes ayes toy toys enjoy enjoyment ios ion ions nation nations".split()
    )
    pick = random.Random(2)
    made = sorted(word for word in made if word.isalnum() and word.isascii())
    kept = set(pick.sample(made, 2200)) | {word for word in made if not any(word.startswith(r) and len(word) > len(r) + 9 for r in ROOTS)}
    letters = "abcdefghijklmnopqrstuvwxyyeeaiou0"
    for _ in range(400):
        kept.add("".join(pick.choice(letters) for _ in range(pick.randint(1, 9))))
    return sorted(kept)


def text(pick):
    lines = []
    for _ in range(pick.choice([0, 1, 1, 1, 2, 3, 4])):
        lines.append(pick.choice(["", " ", ", "]) + " ".join(pick.choice(WORDS) for _ in range(pick.randint(0, 14))))
    return pick.choice(["\n", "\n", "\n\n", "\r\n", ". "]).join(lines)


def pairs():
    pick = random.Random(1)
    for i in range(320):
        reference = text(pick)
        if i % 3 == 0:
            prediction = text(pick)
        else:
            parts = reference.split(" ")
            prediction = " ".join(
                part if pick.random() < 0.7 else pick.choice(WORDS) for part in parts if pick.random() < 0.9
            )
            if i % 3 == 1:
                lines = prediction.split("\n")
                pick.shuffle(lines)
                prediction = "\n".join(lines)
        yield prediction, reference
    yield from [("", ""), ("", "a cat"), ("a cat", ""), ("日本語", "日本語"), ("!?", "a"), ("\n\n", "a\nb"), ("a b\nc", "c\na b")]


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    plain = rouge_scorer.RougeScorer(KINDS, use_stemmer=False)
    stemmed = rouge_scorer.RougeScorer(KINDS, use_stemmer=True)
    rows = []
    for prediction, reference in pairs():
        a, b = plain.score(reference, prediction), stemmed.score(reference, prediction)
        rows.append(
            {
                "prediction": prediction,
                "reference": reference,
                "plain": [a[kind].fmeasure for kind in KINDS],
                "stemmed": [b[kind].fmeasure for kind in KINDS],
            }
        )
    made_with = {name: importlib.metadata.version(name) for name in ("rouge-score", "nltk")}
    (OUT / "rouge.json").write_text(json.dumps({"made_with": made_with, "pairs": rows}, indent=0), encoding="utf-8")
    stemmer = PorterStemmer()
    (OUT / "stems.json").write_text(
        json.dumps({"made_with": made_with, "stems": {word: stemmer.stem(word) for word in words()}}, indent=0),
        encoding="utf-8",
    )
    print(len(rows), "pairs", len(words()), "words")
