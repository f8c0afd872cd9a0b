"""Makes src/test/resources/golden/generation.json: what generate() of Hugging Face transformers gives
for the tiny checkpoints under golden/t5 over random combinations of its options.

Run it from the module's folder with the environment of environment.sh:

    python src/test/python/make_generation_fixtures.py    with transformers 4.57.6

A case names its checkpoint, factors that its weights are multiplied with (tiny random models else tend
to repeat one token), its sources and its options; all that follows is computed in float32 with eager
attention on one thread. Sources of a case have one length, except in those named padded, which have no
encoder_no_repeat_ngram_size: transformers takes padding for a part of the source when it bans n-grams.
Cases named ends have several end tokens.

Left out, and counted: cases in which a decision was closer than MARGIN, since they could go either way
in another library. For greedy search and sampling these are the best two scores of a step; for beams,
neighbours of all the sorted scores that a top k was taken of, around and above its border, and scores
that the early end compares.

Sampling: the distributions that tokens were drawn from are kept along with the tokens, and for beams the
draw is made without chance, as the most likely candidates.
"""

import json
import pathlib
import random
import sys
import warnings

import torch
import transformers
from transformers import T5ForConditionalGeneration
from transformers.generation.utils import GenerationMixin

ROOT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "golden"
OUT = ROOT / "generation.json"
VOCABULARY = 64
MARGIN = 1e-4
EOS = 1
PAD = 0
# name: the checkpoint, the factor of attention and feed-forward, that of the end token's output row
MODELS = {
    "relu": ("v1_0", 2.0, 0.9),
    "relu_early": ("v1_0", 2.2, 1.6),
    "gated": ("v1_1", 1.6, 1.0),
    "gated_early": ("v1_1", 1.5, 1.8),
}


def load(form, factor, end):
    model = T5ForConditionalGeneration.from_pretrained(
        ROOT / "t5" / form, attn_implementation="eager", dtype=torch.float32
    ).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "DenseReluDense" in name or "Attention" in name and "relative" not in name:
                parameter *= factor
        model.get_output_embeddings().weight[EOS] *= end
    return model


class Margins:
    """Notes how close the decisions of a search were."""

    def __init__(self):
        self.closest = float("inf")

    def note(self, values):
        """Takes sorted values whose order matters."""
        values = values[values > -1e8]
        if len(values) > 1:
            self.closest = min(self.closest, float((values[:-1] - values[1:]).min()))

    def near(self, left, right):
        gaps = (left - right).abs()
        gaps = gaps[(left.abs() < 1e8) & (right.abs() < 1e8)]
        if gaps.numel():
            self.closest = min(self.closest, float(gaps.min()))


MARGINS = Margins()
_top = GenerationMixin._get_top_k_continuations
_finished = GenerationMixin._update_finished_beams
_heuristic = GenerationMixin._check_early_stop_heuristic


def top(self, accumulated_log_probs, beams_to_keep, **rest):
    for row in accumulated_log_probs:
        MARGINS.note(row.topk(min(beams_to_keep + 1, len(row))).values)
    return _top(self, accumulated_log_probs=accumulated_log_probs, beams_to_keep=beams_to_keep, **rest)


def finished(self, **arguments):
    result = _finished(self, **arguments)
    scores = arguments["topk_log_probs"] / (
        (arguments["cur_len"] + 1 - arguments["decoder_prompt_len"]) ** arguments["length_penalty"]
    )
    keep = arguments["next_token_hits_stopping_criteria"] & arguments["top_num_beam_mask"][None, :]
    if arguments["early_stopping"] is True and bool((keep & (scores < -1e8)).any()):
        MARGINS.closest = 0.0  # a beam that was never possible takes a place, of several any one
    scores = torch.where(keep, scores, -1e9)
    for old, new in zip(arguments["beam_scores"], scores):
        MARGINS.note(torch.cat((old, new)).sort(descending=True).values)
    return result


def heuristic(
    running_beam_scores,
    beam_scores,
    cur_len,
    max_length,
    decoder_prompt_len,
    early_stopping,
    length_penalty,
    **rest,
):
    length = max_length if early_stopping == "never" and length_penalty > 0 else cur_len
    best = running_beam_scores[:, :1] / ((length - decoder_prompt_len) ** length_penalty)
    MARGINS.near(best, beam_scores.min(dim=1, keepdim=True)[0])
    return _heuristic(
        running_beam_scores=running_beam_scores,
        beam_scores=beam_scores,
        cur_len=cur_len,
        max_length=max_length,
        decoder_prompt_len=decoder_prompt_len,
        early_stopping=early_stopping,
        length_penalty=length_penalty,
        **rest,
    )


GenerationMixin._get_top_k_continuations = top
GenerationMixin._update_finished_beams = finished
GenerationMixin._check_early_stop_heuristic = staticmethod(heuristic)
multinomial = torch.multinomial


def likeliest(probabilities, num_samples):
    for row in probabilities:
        logs = row.log()
        if int((row > 0).sum()) < num_samples:
            MARGINS.closest = 0.0  # what fills up is arbitrary
        MARGINS.note(logs.topk(min(num_samples + 1, len(row))).values)
    return probabilities.topk(num_samples).indices


def cut(tokens, ends):
    """The generated tokens up to the first end token."""
    place = next((i for i, token in enumerate(tokens) if token in ends), len(tokens))
    return tokens[: place + 1]


def trie(labels):
    children = {}
    for label in labels:
        for i in range(len(label)):
            children.setdefault(tuple(label[:i]), set()).add(label[i])
    return {prefix: sorted(tokens) for prefix, tokens in children.items()}


def run(model, sources, options, labels, ends=(EOS,)):
    MARGINS.closest = float("inf")
    arguments = {key: value for key, value in options.items() if key != "labels"}
    if labels:
        allowed = trie(labels)
        arguments["prefix_allowed_tokens_fn"] = lambda _, ids: allowed.get(tuple(ids[1:].tolist()), [EOS])
    beams = options.get("num_beams", 1)
    sample = options.get("do_sample", False)
    torch.multinomial = likeliest if sample and beams > 1 else multinomial
    longest = max(map(len, sources))
    out = model.generate(
        input_ids=torch.tensor([source + [PAD] * (longest - len(source)) for source in sources]),
        attention_mask=torch.tensor([[1] * len(source) + [0] * (longest - len(source)) for source in sources]),
        eos_token_id=list(ends),
        output_scores=True,
        return_dict_in_generate=True,
        **arguments,
    )
    per_source = options.get("num_return_sequences", 1)
    transitions = model.compute_transition_scores(
        out.sequences, out.scores, out.beam_indices if beams > 1 else None, normalize_logits=beams == 1
    )
    outputs, distributions = [], []
    for row, sequence in enumerate(out.sequences[:, 1:].tolist()):
        tokens = cut(sequence, ends)
        result = dict(
            tokens=tokens,
            log_probabilities=[round(value, 6) for value in transitions[row, : len(tokens)].tolist()],
        )
        result["possible"] = all(value > -1e8 for value in result["log_probabilities"])
        if beams > 1:
            result["score"] = round(float(out.sequences_scores[row]), 6)
            # Beams that were never possible fill up what was asked for.
            result["possible"] &= result["score"] > -1e8
        else:
            steps = [out.scores[step][row] for step in range(len(tokens))]
            if sample:
                distributions.append(
                    [
                        [[i, float(f"{p:.7g}")] for i, p in enumerate(step.softmax(-1).tolist()) if p > 0]
                        for step in steps
                    ]
                )
            else:
                for step in steps:
                    MARGINS.note(step.topk(2).values)
        outputs.append(result)
    grouped = [outputs[i : i + per_source] for i in range(0, len(outputs), per_source)]
    return grouped, distributions


def source(rng, length):
    return [rng.randrange(4, VOCABULARY) for _ in range(length - 1)] + [EOS]


def maybe(rng, options, name, values, chance):
    if rng.random() < chance:
        options[name] = rng.choice(values)


def words(rng, likely):
    """Bad words of which many would occur: parts of what is generated without them."""
    found = []
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(likely))
        found.append(likely[start : start + rng.choice([1, 1, 2, 2, 3])])
    # Listed twice, a sequence is meant once: transformers puts them into a dictionary.
    return found


def random_options(rng, kind, likely):
    options = dict(max_new_tokens=rng.choice([1, 4, 8, 12, 16]))
    if kind == "beam" or kind == "beam_sample":
        options["num_beams"] = rng.choice([2, 3, 4, 5])
        maybe(rng, options, "length_penalty", [-1.0, 0.0, 0.5, 1.0, 2.0], 0.8)
        maybe(rng, options, "early_stopping", [True, False, "never"], 0.8)
        if rng.random() < 0.5:
            options["num_return_sequences"] = rng.randint(1, options["num_beams"])
    if kind == "sample" and rng.random() < 0.3:
        options["num_return_sequences"] = rng.randint(2, 3)
    if kind in ("sample", "beam_sample"):
        options["do_sample"] = True
        options["top_k"] = rng.choice([0, 0, 50, 10, 5])
        maybe(rng, options, "temperature", [0.5, 0.8, 1.5, 3.0], 0.6)
        maybe(rng, options, "top_p", [0.3, 0.7, 0.9, 0.95], 0.5)
        maybe(rng, options, "min_p", [0.02, 0.1, 0.3], 0.3)
        maybe(rng, options, "typical_p", [0.2, 0.5, 0.9], 0.3)
    maybe(rng, options, "no_repeat_ngram_size", [1, 2, 3], 0.25)
    maybe(rng, options, "encoder_no_repeat_ngram_size", [1, 2, 3], 0.2)
    maybe(rng, options, "repetition_penalty", [0.7, 1.2, 1.5, 3.0], 0.3)
    maybe(rng, options, "min_length", [1, 3, 6, 10], 0.2)
    maybe(rng, options, "min_new_tokens", [1, 3, 6, 10], 0.2)
    if rng.random() < 0.2:
        options["bad_words_ids"] = words(rng, likely)
    if rng.random() < 0.15:
        options["forced_bos_token_id"] = rng.randrange(2, VOCABULARY)
    if rng.random() < 0.2:
        options["forced_eos_token_id"] = rng.choice([EOS, [EOS], [EOS, 7]])
    if rng.random() < 0.2:
        options["suppress_tokens"] = rng.sample(sorted(set(likely)), min(2, len(set(likely))))
    if rng.random() < 0.2:
        options["begin_suppress_tokens"] = rng.sample(sorted(set(likely)), min(2, len(set(likely))))
    return options


def label_options(rng):
    options = dict(max_new_tokens=8)
    if rng.random() < 0.7:
        options["num_beams"] = rng.choice([2, 3, 4])
        maybe(rng, options, "length_penalty", [0.0, 1.0, 2.0], 0.7)
        maybe(rng, options, "early_stopping", [True, False, "never"], 0.8)
    maybe(rng, options, "repetition_penalty", [1.2, 2.0], 0.2)
    return options


def labels_of(rng):
    labels = set()
    stems = [[rng.randrange(4, VOCABULARY) for _ in range(rng.randint(1, 2))] for _ in range(3)]
    for _ in range(rng.randint(3, 8)):
        tail = [rng.randrange(4, VOCABULARY) for _ in range(rng.randint(0, 3))]
        labels.add(tuple(rng.choice(stems) + tail))
    return [list(label) + [EOS] for label in sorted(labels)]


def main():
    assert transformers.__version__ == "4.57.6", transformers.__version__
    assert torch.__version__.split("+")[0] == "2.13.0", torch.__version__
    transformers.logging.set_verbosity_error()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng = random.Random(4)
    models = {name: load(*description) for name, description in MODELS.items()}
    plan = ["greedy"] * 160 + ["beam"] * 400 + ["beam_sample"] * 240 + ["labels"] * 60 + ["sample"] * 60
    plan += ["padded", "ends"] * 120
    cases, dropped = [], {}
    for number, kind in enumerate(plan):
        name = list(models)[number % len(models)]
        length = rng.randint(2, 14)
        sources = [source(rng, length) for _ in range(1 if kind == "sample" else rng.choice([1, 2, 3]))]
        plain, _ = run(models[name], sources[:1], dict(max_new_tokens=12), None)
        likely = plain[0][0]["tokens"]
        labels = labels_of(rng) if kind == "labels" else None
        search, ends = kind, [EOS]
        if kind in ("padded", "ends"):
            search = rng.choice(["greedy", "beam"])
        if kind == "padded":
            sources = [source(rng, length) for length in rng.sample(range(2, 15), rng.choice([2, 3, 4]))]
        if kind == "ends":
            ends += rng.sample(sorted(set(likely) - {EOS}), min(2, len(set(likely) - {EOS})))
        options = label_options(rng) if labels else random_options(rng, search, likely)
        if kind == "padded":
            options.pop("encoder_no_repeat_ngram_size", None)
        if labels and "num_beams" in options and rng.random() < 0.5:
            options["num_return_sequences"] = 2
        try:
            outputs, distributions = run(models[name], sources, options, labels, ends)
        except RuntimeError:  # the rules left no token to draw
            dropped["impossible"] = dropped.get("impossible", 0) + 1
            continue
        if any(not one["possible"] for row in outputs for one in row):
            dropped["impossible"] = dropped.get("impossible", 0) + 1
            continue
        if MARGINS.closest < MARGIN:
            dropped[kind] = dropped.get(kind, 0) + 1
            continue
        for one in (one for row in outputs for one in row):
            del one["possible"]
        case = dict(model=name, kind=kind, sources=sources, options=options, outputs=outputs)
        if kind == "ends":
            case["ends"] = ends
        if labels:
            case["labels"] = labels
        if distributions:
            case["distributions"] = distributions
        cases.append(case)
    kept = {kind: sum(case["kind"] == kind for case in cases) for kind in dict.fromkeys(plan)}
    print("kept", kept, "in all", len(cases), "dropped", dropped)
    lengths = [len(one["tokens"]) for case in cases for row in case["outputs"] for one in row]
    ended = sum(one["tokens"][-1] == EOS for case in cases for row in case["outputs"] for one in row)
    distinct = [
        len(set(one["tokens"])) for case in cases for row in case["outputs"] for one in row
    ]
    print("sequences", len(lengths), "ended", ended, "mean length", sum(lengths) / len(lengths),
          "mean distinct tokens", sum(distinct) / len(distinct))
    fixture = dict(
        torch=torch.__version__.split("+")[0],
        transformers=transformers.__version__,
        models={
            name: dict(checkpoint=form, factor=factor, end=end)
            for name, (form, factor, end) in MODELS.items()
        },
        dropped=dropped,
    )
    with open(OUT, "w", encoding="utf-8") as file:
        file.write(json.dumps(fixture)[:-1] + ', "cases": [\n')
        file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
        file.write("\n]}\n")
    print(OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    sys.exit(main())
