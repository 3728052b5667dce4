"""The one line that tells a run's result exactly: floats in hexadecimal, arrays by their hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from .task import Floats


def tell(arrays: Floats, series: Mapping[str, Mapping[int, float]]) -> None:
    """Prints it. `series` holds values by metric and round."""
    outcome = {
        "arrays": hashlib.sha256(arrays.tobytes()).hexdigest(),
        "series": {
            name: {str(number): value.hex() for number, value in sorted(values.items())}
            for name, values in sorted(series.items())
        },
    }
    print("OUTCOME " + json.dumps(outcome, sort_keys=True), flush=True)
