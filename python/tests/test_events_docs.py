"""docs/events.md is made from the catalogue, and its examples are what it says."""

from __future__ import annotations

import json
import re

import pytest

from catalogue import check
from flower_monitoring.events import ALL, DETAIL, MAX_BYTES, SEED
from flower_monitoring.events.docs import events_page
from flower_monitoring.events.examples import EXAMPLES
from flower_monitoring.json_lines import timestamp
from flower_monitoring.trace import span_id, trace_id


@pytest.mark.parametrize("name", sorted(ALL))
def test_an_example_is_what_its_schema_says(name: str) -> None:
    check([(name, EXAMPLES[name])])
    assert set(EXAMPLES[name]) == set(ALL[name].schema()["properties"])
    assert len(json.dumps(EXAMPLES[name]).encode()) <= MAX_BYTES


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_page_has_every_event_with_its_fields_and_its_example(name: str) -> None:
    section = events_page().split(f"### `{name}`\n")[1].split("\n##")[0]
    event = ALL[name]
    assert event.help in section
    assert f"- Level: {event.level}\n- Source: {event.source}\n" in section
    for field in event.fields:
        null = "yes" if field.nullable else "no"
        required = "yes" if field.required else "no"
        [row] = re.findall(rf"^\| `{field.name}` \|.*$", section, re.MULTILINE)
        assert row.startswith(f"| `{field.name}` | {field.kind} | {null} | {required} | ")
        assert field.help in row
        assert all(f"`{value}`" in row for value in field.values)
    [example] = re.findall(r"```json\n(.*)\n```", section)
    assert json.loads(example) == EXAMPLES[name]


def test_the_events_are_in_the_catalogues_order() -> None:
    named = re.findall(r"^### `(.*)`$", events_page(), re.MULTILINE)
    assert named == [event.name for event in (*SEED, *DETAIL)]


def test_the_log_line_that_the_page_shows_is_true() -> None:
    shown = events_page().split("```json\n")[1].split("\n```")[0]
    line = json.loads(shown)
    check([(line["event"], line["data"])])
    assert line["timestamp"] == timestamp(line["data"]["ts"])
    assert line["trace_id"] == trace_id(line["run_id"])
    assert line["span_id"] == span_id(line["run_id"], line["round"])
