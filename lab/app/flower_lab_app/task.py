"""The learning task: logistic regression on data that each partition makes from a seed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FEATURES = 20
TRAIN_EXAMPLES = 400
TEST_EXAMPLES = 100
LOCAL_STEPS = 10


@dataclass(frozen=True)
class Examples:
    """Inputs with a column of ones for the bias, and labels 0.0 or 1.0."""

    inputs: Floats
    labels: Floats


def load_partition(seed: int, partition: int) -> tuple[Examples, Examples]:
    """Train and test examples of one partition; the same for the same arguments.

    All partitions share one true model, and each has its own shift of the inputs.
    """
    truth = np.random.default_rng(seed).normal(size=FEATURES + 1)
    rng = np.random.default_rng([seed, partition])
    shift = rng.normal(scale=0.3, size=FEATURES)

    def draw(count: int) -> Examples:
        inputs = np.hstack([rng.normal(size=(count, FEATURES)) + shift, np.ones((count, 1))])
        chance = 1.0 / (1.0 + np.exp(-inputs @ truth))
        return Examples(inputs, (rng.random(count) < chance).astype(np.float64))

    return draw(TRAIN_EXAMPLES), draw(TEST_EXAMPLES)


def initial_weights() -> Floats:
    """All zero: a loss of ln 2 before training."""
    return np.zeros(FEATURES + 1)


def loss_and_accuracy(weights: Floats, examples: Examples) -> tuple[float, float]:
    """Mean log loss, and the share of labels that the model gets right."""
    scores = examples.inputs @ weights
    loss = np.mean(np.logaddexp(0.0, scores) - examples.labels * scores)
    return float(loss), float(np.mean((scores > 0.0) == (examples.labels > 0.5)))


def train(weights: Floats, examples: Examples, learning_rate: float) -> Floats:
    """New weights after LOCAL_STEPS steps of gradient descent."""
    weights = weights.copy()
    for _ in range(LOCAL_STEPS):
        chance = 1.0 / (1.0 + np.exp(-examples.inputs @ weights))
        gradient = examples.inputs.T @ (chance - examples.labels) / len(examples.labels)
        weights -= learning_rate * gradient
    return weights
