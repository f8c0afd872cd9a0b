"""Makes the T5 fixtures under src/test/resources/golden/t5: tiny checkpoints of every form, and what
Hugging Face transformers computes from them.

Run it twice from the module's folder, with the environments of environment.sh:

    python src/test/python/make_fixtures.py        with transformers 4.57.6: all but the next two
    python src/test/python/make_fixtures.py NAME   the same, only the forms named
    python src/test/python/make_fixtures.py five   with transformers 5.18.0: five_saved, five_fresh

Each directory holds a checkpoint as transformers wrote it, and beside it expected.json (batches,
loss, ids of greedy search) and expected.safetensors (logits, and the gradient of the mean loss in
every parameter). All is computed in float32 with eager attention on one thread, without dropout.
buckets.json holds buckets of relative positions.
"""

import json
import pathlib
import shutil
import sys

import torch
import transformers
from safetensors.torch import save_file
from transformers import MT5Config, MT5ForConditionalGeneration, T5Config, T5ForConditionalGeneration

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "golden" / "t5"
VOCABULARY = 64
BASE = dict(
    vocab_size=VOCABULARY,
    d_model=16,
    d_kv=4,
    d_ff=32,
    num_layers=2,
    num_heads=4,
    decoder_start_token_id=0,
)
FORMS = {
    "v1_0": dict(feed_forward_proj="relu", tie_word_embeddings=True),
    "v1_1": dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
    "inner_width": dict(
        feed_forward_proj="gated-silu",
        tie_word_embeddings=False,
        d_kv=6,
        num_heads=3,
        relative_attention_num_buckets=8,
        relative_attention_max_distance=20,
        layer_norm_epsilon=1e-5,
    ),
    "uneven": dict(
        feed_forward_proj="relu", tie_word_embeddings=True, num_layers=3, num_decoder_layers=1
    ),
    "bf16": dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
    "f16": dict(feed_forward_proj="relu", tie_word_embeddings=True, num_layers=1),
    "sharded": dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
    "mt5": dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
    "erf_gelu": dict(
        feed_forward_proj="gelu", tie_word_embeddings=True, num_layers=1, decoder_start_token_id=3
    ),
}
MAX_NEW_TOKENS = 24
# A step whose best two tokens are closer than this could go either way in another library.
MARGIN = 1e-2


def make_model(form, seed):
    torch.manual_seed(seed)
    options = {**BASE, **FORMS[form]}
    if form == "mt5":
        model = MT5ForConditionalGeneration(MT5Config(**options))
    else:
        model = T5ForConditionalGeneration(T5Config(**options))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "layer_norm" in name:
                parameter += 0.2 * torch.randn_like(parameter)
            elif "relative_attention_bias" in name:
                parameter += torch.randn_like(parameter)
            elif "DenseReluDense" in name or "Attention" in name:
                parameter *= 1.5
    return model.eval()


def source(generator, longest=40):
    length = int(torch.randint(2, longest + 1, (1,), generator=generator))
    ids = torch.randint(4, VOCABULARY, (length,), generator=generator)
    ids[-1] = 1
    return ids.tolist()


def pad(rows, fill):
    width = max(map(len, rows))
    return torch.tensor([row + [fill] * (width - len(row)) for row in rows])


def greedy(model, rows):
    """Generated ids of each row without start token and padding, and its smallest margin."""
    ids = pad(rows, 0)
    mask = pad([[1] * len(row) for row in rows], 0)
    out = model.generate(
        input_ids=ids,
        attention_mask=mask,
        max_new_tokens=MAX_NEW_TOKENS,
        num_beams=1,
        do_sample=False,
        output_scores=True,
        return_dict_in_generate=True,
    )
    results = []
    for row in range(len(rows)):
        tokens, margin = [], float("inf")
        for step, token in enumerate(out.sequences[row, 1:].tolist()):
            best = out.scores[step][row].topk(2).values
            margin = min(margin, float(best[0] - best[1]))
            tokens.append(token)
            if token == 1:
                break
        results.append((tokens, margin))
    return results


def choose_rows(model, generator):
    """Sources whose outputs are safe to compare and end as differently as can be found."""
    candidates = [source(generator) for _ in range(150)]
    found = {}
    for row, (tokens, margin) in zip(candidates, greedy(model, candidates)):
        if margin > MARGIN:
            length = len(tokens) if tokens[-1] == 1 else MAX_NEW_TOKENS + 1
            found.setdefault(length, []).append(row)
    lengths = sorted(found)
    chosen = [found[length][0] for length in lengths]
    extra = [row for length in lengths for row in found[length][1:3]]
    # The longest first: it stays in when there are more lengths than rows.
    return (chosen[::-1] + extra)[:10], lengths


def expectations(model, directory, generator, rows):
    # Padding within a batch, one row alone, and a batch without any padding.
    batches = [rows[: len(rows) // 2], rows[len(rows) // 2 :], rows[:1], [rows[0], rows[0]]]
    tensors, report = {}, []
    for number, batch in enumerate(batches):
        ids = pad(batch, 0)
        mask = pad([[1] * len(row) for row in batch], 0)
        labels = pad([source(generator, longest=22) for _ in batch], -100)
        model.zero_grad()
        out = model(input_ids=ids, attention_mask=mask, labels=labels)
        out.loss.backward()
        tensors[f"{number}.logits"] = out.logits.detach()
        if number == 0:
            for name, parameter in model.named_parameters():
                tensors[f"gradient.{name}"] = parameter.grad.detach().clone()
        report.append(
            dict(
                rows=len(batch),
                input_ids=ids.flatten().tolist(),
                attention_mask=mask.flatten().tolist(),
                labels=labels.flatten().tolist(),
                loss=out.loss.item(),
                generated=[tokens for tokens, _ in greedy(model, batch)],
            )
        )
    save_file({k: v.contiguous().float() for k, v in tensors.items()}, directory / "expected.safetensors")
    golden = dict(
        torch=torch.__version__.split("+")[0],
        transformers=transformers.__version__,
        max_new_tokens=MAX_NEW_TOKENS,
        batches=report,
    )
    with open(directory / "expected.json", "w", encoding="utf-8") as file:
        json.dump(golden, file)
        file.write("\n")


def raise_end_token(model, factor):
    """Makes the end token likely enough that some rows end early."""
    with torch.no_grad():
        model.get_output_embeddings().weight[1] *= factor


def make(form):
    directory = OUT / form
    shutil.rmtree(directory, ignore_errors=True)
    best = None
    for seed in range(6):
        for factor in (1.0, 1.6):
            model = make_model(form, seed)
            raise_end_token(model, factor)
            if form in ("bf16", "f16"):
                # Round first, so that what is computed is what is stored.
                half = torch.bfloat16 if form == "bf16" else torch.float16
                model = model.to(half).to(torch.float32)
            generator = torch.Generator().manual_seed(seed)
            rows, lengths = choose_rows(model, generator)
            score = len(lengths)
            if best is None or score > best[0]:
                best = (score, model, generator, rows, lengths)
        if best[0] >= 5:
            break
    _, model, generator, rows, lengths = best
    print(form, "ends after", lengths)
    expectations_from(model, form, directory, generator, rows)


def expectations_from(model, form, directory, generator, rows):
    if form in ("bf16", "f16"):
        model.to(torch.bfloat16 if form == "bf16" else torch.float16).save_pretrained(directory)
        loaded = type(model).from_pretrained(
            directory, attn_implementation="eager", dtype=torch.float32
        ).eval()
    else:
        options = dict(max_shard_size="12KB") if form == "sharded" else {}
        model.save_pretrained(directory, **options)
        loaded = type(model).from_pretrained(directory, attn_implementation="eager").eval()
    expectations(loaded, directory, generator, rows)


def make_buckets():
    from transformers.models.t5.modeling_t5 import T5Attention

    cases = []
    for buckets, distance in ((32, 128), (8, 20), (32, 64), (64, 256), (4, 3), (16, 1000)):
        for bidirectional in (True, False):
            relative = torch.arange(-600, 601)
            ids = T5Attention._relative_position_bucket(relative, bidirectional, buckets, distance)
            cases.append(
                dict(
                    bidirectional=bidirectional,
                    buckets=buckets,
                    max_distance=distance,
                    first=-600,
                    expected=ids.tolist(),
                )
            )
    with open(OUT / "buckets.json", "w", encoding="utf-8") as file:
        json.dump(cases, file)
        file.write("\n")


def make_five():
    """What transformers 5 makes of v1_1 when it saves it again, and of a model made afresh."""
    with open(OUT / "v1_1" / "expected.json", encoding="utf-8") as file:
        batches = json.load(file)["batches"]
    rows = [
        [token for token, bit in zip(ids, bits) if bit]
        for batch in batches[:2]
        for ids, bits in zip(
            torch.tensor(batch["input_ids"]).view(batch["rows"], -1).tolist(),
            torch.tensor(batch["attention_mask"]).view(batch["rows"], -1).tolist(),
        )
    ]
    for form in ("five_saved", "five_fresh"):
        directory = OUT / form
        shutil.rmtree(directory, ignore_errors=True)
        if form == "five_saved":
            model = T5ForConditionalGeneration.from_pretrained(OUT / "v1_1")
        else:
            torch.manual_seed(3)
            # Its generate() fails when the decoder has more layers than the encoder.
            options = {**BASE, **FORMS["v1_1"], "num_layers": 2, "num_decoder_layers": 1}
            model = T5ForConditionalGeneration(T5Config(**options))
        model.save_pretrained(directory)
        loaded = T5ForConditionalGeneration.from_pretrained(directory, attn_implementation="eager").eval()
        chosen = rows
        if form == "five_fresh":
            chosen, lengths = choose_rows(loaded, torch.Generator().manual_seed(1))
            print(form, "ends after", lengths)
        expectations(loaded, directory, torch.Generator().manual_seed(1), chosen)


assert torch.__version__.split("+")[0] == "2.13.0", torch.__version__
torch.set_num_threads(1)
if sys.argv[1:] == ["five"]:
    assert transformers.__version__ == "5.18.0", transformers.__version__
    make_five()
else:
    assert transformers.__version__ == "4.57.6", transformers.__version__
    OUT.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or FORMS:
        make(name)
    make_buckets()
