"""What a reader must know of the machine, without its name."""

import os
import subprocess
from pathlib import Path

FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def machine():
    result = {"cores": os.cpu_count(), "load_at_end": round(os.getloadavg()[0], 2)}
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                result["processor"] = value.strip()
            if key.strip() == "flags":
                result["instructions"] = [flag for flag in FLAGS if flag in value.split()]
        memory = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
        result["memory_gib"] = round(int(memory.split()[1]) / 2**20, 1)
    return result


def commit(root):
    def git(*arguments):
        return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "*.java", "*.py", "pom.xml", "*/pom.xml")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" with changes" if changed else "")
