"""The order of batches that the SDK trains in, so that the Python side can train on the very same batches."""

import math

import torch
from transformers import Seq2SeqTrainer

EPOCH_STEP = 0x9E3779B97F4A7C15


class JavaRandom:
    """nextInt(bound) of java.util.Random, whose algorithm its documentation specifies."""

    def __init__(self, seed):
        self.state = (seed ^ 0x5DEECE66D) & ((1 << 48) - 1)

    def bits(self, count):
        self.state = (self.state * 0x5DEECE66D + 0xB) & ((1 << 48) - 1)
        return self.state >> (48 - count)

    def next_int(self, bound):
        if bound & (bound - 1) == 0:
            return (bound * self.bits(31)) >> 31
        while True:
            drawn = self.bits(31)
            value = drawn % bound
            if drawn - value + bound - 1 < 1 << 31:
                return value


def permutation(size, random):
    numbers = list(range(size))
    for i in range(size, 1, -1):
        other = random.next_int(i)
        numbers[i - 1], numbers[other] = numbers[other], numbers[i - 1]
    return numbers


def sdk_batches(lengths, batch_size, seed, epoch):
    """The batches of an epoch (from 0) of examples with so many source tokens, as data/BatchOrder.java makes them by default."""
    random = JavaRandom((seed + epoch * EPOCH_STEP) & ((1 << 64) - 1))
    shuffled = permutation(len(lengths), random)
    batches = [shuffled[start : start + batch_size] for start in range(0, len(shuffled), batch_size)]
    # The batch that first has the longest source goes first.
    longest = max(range(len(shuffled)), key=lambda position: lengths[shuffled[position]]) // batch_size
    order = permutation(len(batches), random)
    at = order.index(longest)
    order[0], order[at] = order[at], order[0]
    return [batches[i] for i in order]


class SameBatches(Seq2SeqTrainer):
    """The trainer with the very batches, in the very order, that the SDK trains on with the same seed."""

    def get_train_dataloader(self):
        lengths = [len(row["input_ids"]) for row in self.train_dataset]
        batch_size, seed = self.args.per_device_train_batch_size, self.args.seed

        class Batches:
            def __init__(self):
                self.epoch = 0

            def __len__(self):
                return math.ceil(len(lengths) / batch_size)

            def __iter__(self):
                yield from sdk_batches(lengths, batch_size, seed, self.epoch)
                self.epoch += 1

        return torch.utils.data.DataLoader(self.train_dataset, batch_sampler=Batches(), collate_fn=self.data_collator)
