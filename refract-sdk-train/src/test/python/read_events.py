"""Prints what TensorBoard itself reads from a run: read_events.py DIRECTORY OUT.json."""

import json
import pathlib
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

run = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
run.Reload()
tags = run.Tags()
content = {
    "scalars": {tag: [[event.step, event.value] for event in run.Scalars(tag)] for tag in tags["scalars"]},
    "texts": {tag: [event.tensor_proto.string_val[0].decode() for event in run.Tensors(tag)] for tag in tags["tensors"]},
    "plugin": {tag: run.SummaryMetadata(tag).plugin_data.plugin_name for tag in tags["tensors"]},
}
pathlib.Path(sys.argv[2]).write_text(json.dumps(content), encoding="utf-8")
