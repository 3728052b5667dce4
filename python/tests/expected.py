"""What the tests' app must come to, computed without Flower."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.rounds.rounds_app import task


@dataclass(frozen=True)
class Round:
    """One round of federated averaging over some partitions."""

    examples: int
    train_loss: float
    loss: float
    accuracy: float
    central_loss: float
    central_accuracy: float


def fedavg(*partitions: Sequence[int]) -> list[Round]:
    """Rounds in which these partitions train; all of a round's evaluate its result."""
    weights = task.initial()
    rounds = []
    for chosen in partitions:
        trained = [task.train(weights, partition) for partition in chosen]
        counts = np.array([count for _, _, count in trained], dtype=float)
        weights = np.average([array for array, _, _ in trained], axis=0, weights=counts)
        evaluated = [task.evaluate(weights, partition) for partition in chosen]
        central_loss, central_accuracy = task.central(weights)
        rounds.append(
            Round(
                examples=int(counts.sum()),
                train_loss=float(np.average([loss for _, loss, _ in trained], weights=counts)),
                loss=float(np.average([loss for loss, _, _ in evaluated], weights=counts)),
                accuracy=float(np.average([share for _, share, _ in evaluated], weights=counts)),
                central_loss=central_loss,
                central_accuracy=central_accuracy,
            )
        )
    return rounds
