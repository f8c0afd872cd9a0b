"""Processes that measure: one for each side, started when it is first asked, all waiting but the one that was asked."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
JAVA_OPTIONS = ["-Xmx4g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"]


@dataclass(frozen=True)
class Places:
    """Where everything is that a worker needs."""

    root: Path  # the project
    work: Path  # what prepare.py made
    java: str
    python4: str  # transformers 4
    python5: str  # transformers 5
    threads: int

    @property
    def model(self):
        return self.work / "model"


def java_options(java):
    """From Java 22 on a native library that is loaded without this flag prints a warning."""
    text = subprocess.run([java, "-XshowSettings:properties", "-version"], capture_output=True, text=True, check=True).stderr
    version = next(line.split("=")[1] for line in text.splitlines() if "java.specification.version" in line)
    return JAVA_OPTIONS + (["--enable-native-access=ALL-UNNAMED"] if int(version) >= 22 else [])


def class_path(root, module):
    target = root / module / "target"
    return f"{target / f'refract-sdk-{module}.jar'}:{(target / 'classpath.txt').read_text().strip()}"


def environment(threads):
    return {**os.environ, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1"}


def worker_command(side, places):
    model, threads = str(places.model), str(places.threads)
    if side == "sdk":
        options = java_options(places.java)
        return [places.java, *options, "-cp", class_path(places.root, "benchmarks"), "io.refract.benchmarks.Worker", model]
    if side == "ctranslate2":
        return [places.python4, str(HERE / "ctranslate2_worker.py"), str(places.work / "model-ctranslate2"), threads]
    python = {"eager": places.python4, "sdpa": places.python5}[side]
    return [python, str(HERE / "torch_worker.py"), model, side, threads]


def job_command(side, places, source, output):
    """A process that loads the model, summarizes the texts of a file, and ends."""
    if side == "sdk":
        options = java_options(places.java)
        generate = ["generate", "--model", str(places.model), "--input", str(source), "--output", str(output)]
        limits = ["--max-new-tokens", "64", "--max-source-tokens", "512"]
        samples = class_path(places.root, "samples")
        return [places.java, *options, "-cp", samples, "io.refract.samples.Samples", *generate, *limits]
    python = {"eager": places.python4, "sdpa": places.python5}[side]
    arguments = [str(places.model), str(source), str(output), str(places.threads), side]
    return [python, str(HERE / "first_summary.py"), *arguments]


class Worker:
    def __init__(self, side, places, log):
        self.side = side
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as errors:
            self.process = subprocess.Popen(
                worker_command(side, places), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                env=environment(places.threads),
            )

    def ask(self, command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the worker of {self.side} ended with status {self.process.wait()}; its output is in {self.log}")
        answer = json.loads(line)
        if "error" in answer:
            raise SystemExit(f"{self.side} failed with {answer['error']}; its output is in {self.log}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Workers:
    """The workers by side."""

    def __init__(self, places, logs):
        self.places = places
        self.logs = logs
        self.running = {}

    def ask(self, side, command):
        if side not in self.running:
            self.running[side] = self.fresh(side)
        return self.running[side].ask(command)

    def fresh(self, side):
        """A new process, the caller's to close."""
        return Worker(side, self.places, self.logs / f"{side}.log")

    def close(self):
        for worker in self.running.values():
            worker.close()
        self.running = {}
