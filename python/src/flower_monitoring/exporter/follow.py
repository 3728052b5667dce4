"""One run that is followed: where reading goes on, and which source its training is made from."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flower_monitoring.events import PREFIX

from .log_parser import LogParser, Parsed
from .model import ControlApi, EventsAnswer, LogsAnswer, Run, RunEvent
from .training import TrainingRun

HOOK, LOGS, NONE = "hook", "logs", "none"
OUTCOMES = {"completed": "complete", "failed": "failed", "stopped": "stopped"}
"""How a run ended, by the sub-status that Flower gives it."""
MAX_DETAILS = 200
HOLD_SECONDS = 5.0
"""What the output tells is not used for so long: the hook's events come after it, and then
replace it, and counters would go back."""
GIVE_UP_AFTER = 3
"""Reads in a row that failed: then a run holds the others up no longer."""
REMEMBERED = 500
"""Events of a run whose repetition is noticed: when the answer to a hook that sent some is lost, it
sends them again, the same down to their time, and Flower keeps both."""


@dataclass(frozen=True)
class FollowSettings:
    """See `Config`."""

    max_app_metrics: int = 50
    log_fallback: bool = True


class Followed:
    """The training of one run. For one thread at a time."""

    def __init__(self, run: Run, settings: FollowSettings, is_new: bool = True) -> None:
        """`is_new`: it began while this exporter was there."""
        self.run = run
        self.caught_up = False
        """Whether all that there was at some time has been read, or cannot be."""
        self.done = False
        """Whether the run is over and read to its end."""
        self.ended: Mapping[str, Any] | None = None
        """The training_end that Flower's word made necessary, once the run is done."""
        self.read_at = 0.0
        """When it was last read, on the clock of whoever orders the reads."""
        self.lines = 0
        """Lines of output that were parsed."""
        self._settings = settings
        self._is_new = is_new
        self._failures = 0
        self._hook_sends = False
        self._event_id = 0
        self._recent: deque[int] = deque(maxlen=REMEMBERED)
        self._logged_until = 0.0
        self._restart()

    def _restart(self) -> None:
        self.training = TrainingRun(str(self.run.run_id), self._settings.max_app_metrics)
        self._parser = LogParser()
        self._log_tells = False
        self._held: list[tuple[Parsed, float]] = []
        """What the output told lately, and when that was on the SuperLink's clock."""
        self._held_since: float | None = None

    @property
    def source(self) -> str:
        """Who tells of the training. A hook whose events are only in the log tells as much."""
        if self._hook_sends or self._parser.has_events:
            return HOOK
        return LOGS if self._log_tells else NONE

    def read_events(self, api: ControlApi) -> EventsAnswer:
        """Asks for what is new, without taking it in."""
        return api.run_events(self.run, self._event_id)

    @property
    def wants_logs(self) -> bool:
        """Whether the output must tell what the hook does not send."""
        return self._settings.log_fallback and not self._hook_sends

    def read_logs(self, api: ControlApi) -> LogsAnswer:
        """Asks for what is new, without taking it in."""
        return api.run_logs(self.run, self._logged_until)

    def take_events(self, answer: EventsAnswer) -> None:
        """Takes in events; those that were taken before are left out."""
        for event in answer.events:
            if event.id > self._event_id:
                self._event_id = event.id
                if event.event.startswith(PREFIX) and not self._is_repeated(event):
                    self._become_hook_fed()
                    self._take_text(event.event.removeprefix(PREFIX), event.data, event.at)

    def _is_repeated(self, event: RunEvent) -> bool:
        mark = hash((event.event, event.data))
        repeated = mark in self._recent
        self._recent.append(mark)
        return repeated

    def take_datagram(self, event: str, data: Mapping[str, Any], at: float) -> None:
        """Takes in an event of a hook that cannot send task events.

        What was sent before the exporter listened is lost, and with half of it rounds would be
        missing that the output tells of. So a run is fed like this from its start, or not at all.
        """
        if self._hook_sends or event == "training_start":
            self._become_hook_fed()
            self.training.apply(event, data, at)

    def take_logs(self, answer: LogsAnswer, now: float) -> None:
        """Takes in output. `now` is on the clock of whoever reads."""
        self._logged_until = max(answer.latest, self._logged_until)
        before = self._parser.lines
        parsed = self._parser.feed(answer.text)
        over = self.run.finished and answer.complete
        if over:
            parsed += self._parser.end()
        self.lines += self._parser.lines - before
        self._held += [(one, answer.latest) for one in parsed]
        if self._held_since is None and parsed:
            self._held_since = now
        if over or (self._held_since is not None and now >= self._held_since + HOLD_SECONDS):
            self._use_logs()

    def finish_read(self, complete: bool) -> None:
        """All that was asked for has been taken in; `complete`: and that is all there is."""
        self._failures = 0
        # An exporter before may have used what is held, and counted more than this one would.
        self.caught_up = self.caught_up or (complete and (self._is_new or not self._held))
        if complete and self.run.finished:
            self._end()

    def fail_read(self) -> None:
        """A read failed. After some, the run counts as read: nobody else can read it either."""
        self._failures += 1
        if self._failures >= GIVE_UP_AFTER:
            self.caught_up = True
            if self.run.finished:
                self._end()

    def _use_logs(self) -> None:
        held, self._held = self._held, []
        for (event, data, at), latest in held:
            self._log_tells = True
            self.training.apply(event, data, min(at or latest, latest))

    def _become_hook_fed(self) -> None:
        """What the log told before is told again by the hook's events, and better."""
        if not self._hook_sends:
            self._restart()
        self._hook_sends = True

    def _take_text(self, event: str, text: str, at: float) -> None:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict):
            self.training.apply(event, data, at)
        else:
            self.training.totals.invalid["json"] += 1

    def _end(self) -> None:
        """Flower knows how a run ended, also when its ServerApp was killed or did not say."""
        self.done = True
        training, run = self.training, self.run
        outcome = OUTCOMES.get(run.sub_status, "failed")
        said = training.outcome
        if said is not None and (said != "complete" or outcome == "complete"):
            return
        ended_at = run.finished_at if run.finished_at is not None else training.last_event_at or 0.0
        duration = training.duration
        if duration is None and self.source == HOOK and training.started_at is not None:
            duration = round(max(ended_at - training.started_at, 0.0), 3)
        self.ended = {
            "v": 1,
            "ts": ended_at,
            "total_rounds": training.totals.rounds,
            "final_loss": training.loss,
            "final_accuracy": training.accuracy,
            "total_duration_seconds": duration,
            "status": outcome,
            "error_type": run.details[:MAX_DETAILS] or None,
        }
        training.apply("training_end", self.ended, ended_at)
