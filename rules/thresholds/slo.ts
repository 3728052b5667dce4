import { choice, duration, number, pause } from "../threshold";

/** Numbers of promises: the share that has to be good, and over how long. */
const share = { from: 0.5, to: 0.9999, unit: "share" };
const window = { from: "1h", to: "1y" };

export const SLO_THRESHOLDS = {
  // Promises on training
  sloTrainingSuccessObjective: number(
    0.95,
    share,
    "one run of twenty may fail: apps are under development, and their faults are not the platform's",
  ),
  sloTrainingSuccessWindow: duration("24h", window, "how yesterday was"),
  sloTrainingSuccessRuns: number(
    3,
    { from: 1, to: 1000, unit: "runs" },
    "of one or two runs no share can be told",
  ),
  sloClientParticipationObjective: number(
    0.8,
    share,
    "four of five SuperNodes: what most strategies go on with",
  ),
  sloClientParticipationWindow: duration("1h", window, "a round or some: who is there now counts"),
  sloRunProgressObjective: number(
    0.99,
    share,
    "of a week of training an hour and a half may pass in waiting",
  ),
  sloRunProgressWindow: duration("7d", window, "runs of days, and some of them"),
  sloRoundTimeObjective: number(0.95, share, "one round of twenty may wait for somebody"),
  sloRoundTimeWindow: duration("7d", window, "some runs, of different apps too"),
  sloRoundSeconds: choice(
    600,
    [1, 5, 10, 30, 60, 120, 300, 600],
    "s",
    "ten minutes, after which a run without an event is called stalled; what is usual differs by app: write yours",
  ),
  sloRoundsMinimum: number(
    10,
    { from: 1, to: 1000, unit: "rounds" },
    "of fewer rounds one that is slow would be too large a share",
  ),
  sloRoundParticipationObjective: number(
    0.95,
    share,
    "one client of twenty may fail in a round: less, and results are not of all sites",
  ),
  sloRoundParticipationWindow: duration("7d", window, "some runs, of different apps too"),
  sloRepliesMinimum: number(
    20,
    { from: 1, to: 10_000, unit: "replies" },
    "with fewer one failure is over the objective of 95 %",
  ),
  sloSuperNodeAvailabilityObjective: number(
    0.99,
    share,
    "seven hours a month for each SuperNode: updates and a reboot or two",
  ),
  sloSuperNodeAvailabilityWindow: duration("30d", window, "what is told to sites once a month"),
  sloDataFreshnessObjective: number(0.99, share, "seven hours a month in which the picture is old"),
  sloDataFreshnessWindow: duration("30d", window, "what is told to sites once a month"),
  sloFreshSeconds: number(
    60,
    { from: 15, to: 3600, unit: "s" },
    "the exporter asks each 10 s; after a minute five of its questions were not answered",
  ),

  // When a budget burns too fast
  sloFactorHour: number(
    14.4,
    { from: 1, to: 1000 },
    "2 % of a budget of 30 days gone within an hour, as in the Google SRE workbook",
  ),
  sloFactorSixHours: number(
    6,
    { from: 1, to: 1000 },
    "5 % of a budget of 30 days gone within six hours, as in the Google SRE workbook",
  ),
  sloFactorDay: number(
    3,
    { from: 1, to: 1000 },
    "10 % of a budget of 30 days gone within a day, as in the Google SRE workbook",
  ),
  sloFactorThreeDays: number(
    1,
    { from: 1, to: 1000 },
    "10 % of a budget of 30 days gone within three days: the whole will be gone at its end",
  ),
  sloBadMinimum: number(
    2,
    { from: 1, to: 1000, unit: "events or minutes" },
    "where little happens one event is a large share, and nobody is called for one",
  ),
  sloBurnFor: pause("1m", "the windows do the waiting; this outlasts one evaluation"),
  sloNoDataWindow: duration(
    "10m",
    { from: "5m", to: "1d" },
    "an exporter that was replaced has read what it needs again",
  ),
  sloNoDataFor: pause(
    "5m",
    "with the window a quarter of an hour: nothing is urgent in what is not known",
  ),
};
