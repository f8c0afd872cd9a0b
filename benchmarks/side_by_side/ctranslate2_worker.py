"""CTranslate2's side of benchmarks/run, for generation only; see torch_worker.py.

    python ctranslate2_worker.py CONVERTED THREADS
"""

import json
import sys
import time
from pathlib import Path

import ctranslate2

TYPES = {"fp32": "float32", "bf16": "bfloat16", "int8": "int8"}


class Generation:
    def __init__(self, converted, threads):
        self.names = json.loads((Path(converted) / "shared_vocabulary.json").read_text(encoding="utf-8"))
        self.ids = {name: number for number, name in enumerate(self.names)}
        self.converted = converted
        self.threads = threads
        self.translators = {}

    def translator(self, dtype):
        if dtype not in self.translators:
            self.translators[dtype] = ctranslate2.Translator(
                self.converted, device="cpu", compute_type=TYPES[dtype], inter_threads=1, intra_threads=self.threads
            )
        return self.translators[dtype]

    def run(self, command):
        translator = self.translator(command["dtype"])
        sources = [[self.names[token] for token in source] for source in command["sources"]]
        start = time.perf_counter()
        results = translator.translate_batch(
            sources, beam_size=command["beams"], max_decoding_length=command["new_tokens"], max_input_length=0,
            return_end_token=True,
        )
        seconds = time.perf_counter() - start
        ids = [[self.ids[name] for name in result.hypotheses[0]] for result in results]
        return {"seconds": seconds, "ids": ids}


def memory(_):
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
    return {"bytes": 1024 * int(line.split()[1])}


def main():
    converted, threads = sys.argv[1:3]
    answers, sys.stdout = sys.stdout, sys.stderr
    cases = {
        "generate": Generation(converted, int(threads)).run,
        "memory": memory,
        "versions": lambda _: {"CTranslate2": ctranslate2.__version__},
    }
    for line in sys.stdin:
        command = json.loads(line)
        case = cases.get(command["case"])
        try:
            answer = case(command) if case else {"unsupported": "CTranslate2 only generates"}
        except Exception as e:  # The process lives on; whoever asked decides.
            answer = {"error": f"{type(e).__name__}: {e}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
