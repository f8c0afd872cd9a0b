"""What an epoch takes at least: the products of its tokens without any padding, and its updates of the weights."""

import json

from summaries import PEERS, median


def token_flops(config):
    """Multiplications and additions of all products with weights for one source and one target token, forward and backward; the products
    of attention's scores and values left out, so that the limit is a little too low. A product goes back twice: to its input and to its weight."""
    width, inner, ff = config["d_model"], config["num_heads"] * config["d_kv"], config["d_ff"]
    wide = 2 + ("gated" in config["feed_forward_proj"])
    layers, decoder_layers = config["num_layers"], config.get("num_decoder_layers") or config["num_layers"]
    source = layers * (4 * width * inner + wide * width * ff) + decoder_layers * 2 * width * inner
    target = decoder_layers * (6 * width * inner + wide * width * ff) + width * config["vocab_size"]
    return 2 * 3 * source, 2 * 3 * target


def tokens(tokenizer, path, command):
    """Real source and target tokens of a data set, as they are cut."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    lengths = [
        sum(min(len(ids), most) for ids in tokenizer([row[key] for row in rows])["input_ids"])
        for key, most in (("source", command["max_source_tokens"]), ("target", command["max_target_tokens"]))
    ]
    return {"source": lengths[0], "target": lengths[1]}


def limit(case, profile):
    """A sentence, or nothing without a profile."""
    known = case.get("limit")
    if not known or not profile:
        return []
    best = min(median(described["seconds"]) for described in case["entries"].values() if described["side"] in PEERS)
    own = median(next(described["seconds"] for described in case["entries"].values() if described["side"] == "sdk"))
    products = known["flops"] / profile["flops_per_second"]
    updates = known["steps"] * profile["update_seconds"]
    least = products + updates
    return [
        "",
        f"The limit, in 32-bit floats: the {known['source']:,} source and {known['target']:,} target tokens of the data need"
        f" {known['all_flops'] / 1e12:.1f} Tflop in products with weights even without any padding; {known['steps']} of {known['all_steps']} updates"
        f" have their share of it, {products:.1f} s at the {profile['flops_per_second'] / 1e9:.0f} Gflop/s that those of a long batch reach here"
        f" (`benchmarks/profile`), and change the weights, {updates:.1f} s at {1000 * profile['update_seconds']:.0f} ms each: {least:.1f} s, where the SDK took"
        f" {own:.1f} s. More than {best / least:.1f} times as fast as transformers is not possible so.",
    ]
