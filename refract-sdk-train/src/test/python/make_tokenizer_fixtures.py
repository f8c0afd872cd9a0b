"""Makes the tokenizer fixtures under src/test/resources/io/refract/train/tokenization.

Run it twice from this directory, first with the old and then with the new transformers:

    transformers==4.57.6 tokenizers==0.22.2 sentencepiece==0.2.3 protobuf   -> t5/, golden.json
    transformers==5.18.0 tokenizers==0.23.3                                 -> written-by-5/, checks

The texts are made here from a small grammar with a fixed seed; nothing is fetched.
"""

import json
import pathlib
import random
import shutil
import tempfile

import transformers

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "resources" / "io" / "refract" / "train" / "tokenization"
SENTINELS = 10

SUBJECTS = "the customer|my card|our router|a late invoice|the new phone|this account|every payment|her order".split("|")
VERBS = "arrived|was refused|does not work|should be closed|costs twice as much|disappeared|has been charged|needs a reset".split("|")
ENDS = "since Monday.|again!|without any notice.|in the app?|and nobody answers.|after 14 days.|for $90.|at the café.".split("|")

TEXTS = [
    "",
    " ",
    "Hello world.",
    "  two  blanks\tand a tab\nand a line break \r\n ",
    "braces { } and < angle > and ~ tilde ^ hat \\ backslash ` tick",
    "Der Müller zahlt 3,50 € für das Brötchen – naïve façade.",
    "日本語のテキスト and 한국어",
    "emoji \U0001f600 and \U0001f469\u200d\U0001f4bb",
    "full width ＡＢＣ, ligature ﬁ, fraction ½, superscript x²",
    "soft\u00adhyphen, zero\u200bwidth, no\u00a0break, nul\x00byte",
    "<extra_id_0> sentinels <extra_id_1>and<extra_id_2>",
    "an </s> end token and <pad> padding and <unk> unknown",
    "It 's not done , is n't it ? We 've seen . I 'm sure ! They 're ' here '",
    "UPPER lower MiXeD 1234567890",
    "▁a literal underline▁block",
    "the customer was refused after 14 days. " * 6,
]


def corpus(seed, rows):
    pick = random.Random(seed)
    for _ in range(rows):
        yield f"{pick.choice(SUBJECTS)} {pick.choice(VERBS)} {pick.choice(ENDS)} No. {pick.randint(0, 9999)}"


def make_with_4():
    import sentencepiece as spm

    folder = OUT / "t5"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as temp:
        spm.SentencePieceTrainer.train(
            sentence_iterator=corpus(7, 4000),
            model_prefix=temp + "/spiece",
            vocab_size=300,
            model_type="unigram",
            pad_id=0,
            eos_id=1,
            unk_id=2,
            bos_id=-1,
            num_threads=1,
        )
        slow = transformers.T5Tokenizer(temp + "/spiece.model", extra_ids=SENTINELS, legacy=True)
        slow.save_pretrained(folder)
        fast = transformers.T5TokenizerFast.from_pretrained(folder)
        fast.model_max_length = 512
        fast.save_pretrained(folder)
    fast = transformers.AutoTokenizer.from_pretrained(folder)
    texts = TEXTS + list(corpus(11, 20))
    ids = [fast(text)["input_ids"] for text in texts]
    pick = random.Random(3)
    rows = ids + [[pick.randrange(len(fast)) for _ in range(pick.randint(0, 20))] for _ in range(20)]
    golden = {
        "made_with": transformers.__version__,
        "size": len(fast),
        "texts": texts,
        "ids": ids,
        "ids_at_most_8": [fast(text, truncation=True, max_length=8)["input_ids"] for text in texts],
        "rows": rows,
        "decoded": fast.batch_decode(rows, skip_special_tokens=True),
        "decoded_and_cleaned": fast.batch_decode(rows, skip_special_tokens=True, clean_up_tokenization_spaces=True),
    }
    (OUT / "golden.json").write_text(json.dumps(golden, indent=1), encoding="utf-8")


def make_with_5():
    fast = transformers.AutoTokenizer.from_pretrained(OUT / "t5")
    golden = json.loads((OUT / "golden.json").read_text(encoding="utf-8"))
    assert [fast(text)["input_ids"] for text in golden["texts"]] == golden["ids"]
    assert fast.batch_decode(golden["rows"], skip_special_tokens=True) == golden["decoded"]
    with tempfile.TemporaryDirectory() as temp:
        fast.save_pretrained(temp)
        folder = OUT / "written-by-5"
        folder.mkdir(exist_ok=True)
        shutil.copy(temp + "/tokenizer_config.json", folder)


if __name__ == "__main__":
    if transformers.__version__.startswith("4."):
        make_with_4()
    else:
        make_with_5()
