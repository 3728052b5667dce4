"""The learning task: linear regression on data that each partition makes from its number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FEATURES = 16
STEP = 0.1


def initial(value: float = 0.0) -> Floats:
    """The model before training: this value everywhere."""
    return np.full(FEATURES, value)


def examples(partition: int) -> tuple[Floats, Floats]:
    """Inputs and targets; partitions differ in size, so that weights of averages matter."""
    rng = np.random.default_rng([11, partition])
    inputs = rng.normal(size=(20 + 10 * partition, FEATURES))
    truth = np.linspace(-1.0, 1.0, FEATURES)
    return inputs, inputs @ truth + rng.normal(scale=0.1, size=len(inputs))


def evaluate(weights: Floats, partition: int) -> tuple[float, float, int]:
    """Mean squared error, the share of targets that are met within 1, and the examples."""
    inputs, targets = examples(partition)
    errors = inputs @ weights - targets
    return float(np.mean(errors**2)), float(np.mean(np.abs(errors) < 1.0)), len(targets)


def train(weights: Floats, partition: int) -> tuple[Floats, float, int]:
    """The model after one step of gradient descent, its error, and the examples."""
    inputs, targets = examples(partition)
    trained = weights - STEP * inputs.T @ (inputs @ weights - targets) / len(targets)
    return trained, evaluate(trained, partition)[0], len(targets)


def central(weights: Floats) -> tuple[float, float]:
    """The ServerApp's own evaluation, on a partition that no node has."""
    loss, accuracy, _ = evaluate(weights, 9)
    return loss, accuracy
