/** What decides when somebody is called about Flower: SuperNodes, runs, clients, quality, exporter. */
import { duration, number, pause, type Threshold } from "../threshold";

const RANGE = { from: "1m", to: "30d" };

export const FLOWER = {
  // How the Flower exporter is read
  flowerGap: duration(
    "2m",
    { from: "1m", to: "10m" },
    "an exporter that is started again misses a scrape or two and reads the runs anew; what it said last " +
      "counts for so long, so that no alert ends and begins again meanwhile",
  ),

  countedFor: pause(
    "30s",
    "what is counted in a window of an hour is patient enough; this is against one reading",
  ),

  // SuperNodes
  superNodeOfflineFor: pause(
    "30s",
    "Flower needs 37 to 60 s to call a killed SuperNode offline (two heartbeats of 30 s), so the page " +
      "comes after about 90 s; a SuperNode that restarts by itself is back before",
  ),
  heartbeatMissedSeconds: number(
    35,
    { from: 25, to: 60, unit: "s" },
    "a healthy SuperNode beats every 17 to 23 s, and the exporter asks every 10 s",
  ),
  superNodeInterruptedWindow: duration(
    "10m",
    RANGE,
    "how long a SuperNode that was lost for a moment is told of",
  ),
  superNodeFlapsWindow: duration("1h", RANGE, "in which SuperNodes that come and go are counted"),
  superNodeFlaps: number(
    6,
    { from: 2, to: 1000 },
    "three times gone and back within the window; a planned restart is one time, two with a mistake",
  ),
  superNodeZombieWindow: duration(
    "3h",
    RANGE,
    "Flower's strategies wait one hour for a reply unless the app says otherwise: room for two",
  ),
  superNodeZombieMisses: number(
    2,
    { from: 1, to: 1000 },
    "one reply that never came may be a train step that took too long",
  ),
  superNodeFailingWindow: duration("1h", RANGE, "in which failures of one SuperNode are counted"),
  superNodeFailures: number(
    3,
    { from: 1, to: 1000 },
    "three failures and no good reply: not the bad luck of one round",
  ),
  clientAppCrashes: number(
    2,
    { from: 1, to: 1000 },
    "one killed process may be somebody's own doing; two in the same window are memory",
  ),
  stragglerFactor: number(
    3,
    { from: 1.5, to: 100 },
    "three times the median is not the spread of like machines, which is within half as much again",
  ),
  stragglerSeconds: number(
    60,
    { from: 3, to: 86400, unit: "s" },
    "below a minute a round is not worth a call; Flower itself looks for replies every 3 s",
  ),
  stragglerWindow: duration("2h", RANGE, "a SuperNode that no round asks any more gates none"),
  stragglerFor: pause("15m", "one slow round is chance; it has to be the slowest for several"),

  // Runs
  trainingStalledFor: pause(
    "5m",
    "the exporter calls a run stalled after 10 min without an event; a quarter of an hour in all",
  ),
  stalledRounds: number(
    5,
    { from: 1, to: 100 },
    "clients that train are no event: silence of five usual rounds of this run is no long round",
  ),
  stalledFirstRoundSeconds: number(
    3900,
    { from: 600, to: 604800, unit: "s" },
    "a run without a finished round has no usual one; Flower's strategies wait an hour for replies, " +
      "then something has to happen",
  ),
  trainingNotStartedFor: pause(
    "15m",
    "installing what an app depends on takes minutes; a ServerApp itself starts in seconds",
  ),
  jobStuckWindow: duration(
    "1h",
    RANGE,
    "the shortest time without a finished round that is looked at; the run's own pace decides further",
  ),
  jobStuckRounds: number(
    3,
    { from: 1, to: 100 },
    "in which the run would have ended three rounds at its pace so far",
  ),
  jobStuckFirstRound: duration(
    "3h",
    RANGE,
    "a first round has no pace before it: one hour for training, one for evaluation, one to spare",
  ),
  jobStuckFor: pause("5m", "the window is long; this is against a moment's reading"),
  waitingForNodesFor: pause(
    "5m",
    "SuperNodes that start after the run, or restart, are there within a minute or two",
  ),
  overdueRounds: number(
    3,
    { from: 1.5, to: 100 },
    "silence of three usual rounds of this run; with a few like clients rounds differ by half",
  ),
  overdueSeconds: number(
    60,
    { from: 0, to: 86400, unit: "s" },
    "added, so that rounds of seconds do not call anybody: a dead ClientApp is told after 52 s",
  ),
  overdueMinRounds: number(3, { from: 1, to: 1000 }, "fewer finished rounds are no history"),
  overdueFor: pause("1m", "the next poll may bring the end of the round"),
  runFailedFor: pause("30s", "a run that failed stays so; the exporter tells it for 15 min"),

  // Clients
  dropoutShare: number(
    0.5,
    { from: 0.05, to: 0.95 },
    "with less than half of its clients a round's average stands for something else",
  ),
  roundDropoutFor: pause(
    "5m",
    "clients whose SuperNode restarts are back, and the round goes on with the others meanwhile",
  ),
  clientDropoutWindow: duration(
    "6h",
    RANGE,
    "the usual number of SuperNodes is the median of so long, so that a smaller federation is the " +
      "usual one after half of it",
  ),
  clientDropoutFor: pause("10m", "a SuperLink that restarts has its SuperNodes back in a minute"),
  clientFailureShare: number(
    0.25,
    { from: 0.01, to: 1 },
    "a quarter of all answers missing is no single bad client in most federations",
  ),
  clientFailureMin: number(
    5,
    { from: 1, to: 10000 },
    "with two clients one failure is half of all: below five in the window nothing is said",
  ),
  clientFailureFor: pause("5m", "failures of one round come at once, and the next may be good"),
  messagesExpiredWindow: duration(
    "1h",
    RANGE,
    "how long messages that were lost are told of; Flower keeps a message for 12 h by default",
  ),

  // Quality
  lossWindowShort: duration("1h", RANGE, "two windows of it are compared: for rounds of minutes"),
  lossWindowLong: duration("12h", RANGE, "the same for rounds of an hour"),
  lossRounds: number(
    10,
    { from: 2, to: 100000 },
    "fewer rounds without a better loss are noise of a small evaluation",
  ),
  lossFor: pause("5m", "the windows are long; this is against a moment's reading"),
  lossNaNFor: pause("1m", "two polls: a loss that was NaN once and is a number again is not told"),
  accuracyDropShare: number(
    0.2,
    { from: 0.01, to: 0.99 },
    "a fifth below the best: more than a small evaluation set differs from round to round",
  ),
  accuracyWindow: duration("6h", RANGE, "whose best accuracy the present one is held against"),
  accuracyRecent: duration(
    "15m",
    { from: "1m", to: "1d" },
    "the best of so long has to be below: one bad round is not",
  ),
  accuracyFor: pause("30s", "accuracyRecent is the patience"),
  checkpointFactor: number(
    3,
    { from: 1.5, to: 100 },
    "three times the run's own interval: two checkpoints are missing",
  ),
  checkpointMinSeconds: number(
    600,
    { from: 0, to: 604800, unit: "s" },
    "what is lost in ten minutes of training is not worth a call",
  ),
  checkpointSaves: number(
    2,
    { from: 1, to: 1000 },
    "how often the checkpoint was renewed: an app that saves once or twice has no interval",
  ),
  checkpointWindow: duration("1d", RANGE, "in which a run's checkpoints are counted"),
  checkpointFor: pause("1m", "the next poll may bring it"),
  modelBytesFactor: number(
    2,
    { from: 1.05, to: 1000 },
    "another head or vocabulary is some percent; twice the size is other arithmetic or another model",
  ),
  modelBytesWindow: duration("7d", RANGE, "an app's runs of so long are what it is held against"),
  modelBytesNow: duration(
    "1h",
    RANGE,
    "what is newer than this is not history yet, so the jump is told for so long",
  ),
  modelBytesFor: pause("30s", "a run's model does not change by itself"),

  // The exporter and the hook
  exporterBlindSeconds: number(
    60,
    { from: 15, to: 3600, unit: "s" },
    "six polls without an answer; a SuperLink that restarts is back in ten seconds",
  ),
  exporterBlindFor: pause("1m", "with exporterBlindSeconds two minutes, as for any target"),
  exporterReplayingFor: pause(
    "15m",
    "four runs are read at a time, each in well under a second; that is some thousand runs",
  ),
  exporterSeriesDroppedFor: pause("10m", "a burst of short runs is over by then"),
  versionUntestedFor: pause("5m", "an upgrade in progress is no state"),
  hookMissingFor: pause(
    "10m",
    "the hook tells of a run as soon as its strategy starts, its output alone within half a minute",
  ),
  hookSilentSeconds: number(
    3600,
    { from: 300, to: 604800, unit: "s" },
    "an app may load data before its strategy starts, and nothing can be told of it then",
  ),
  hookReportWindow: duration(
    "6h",
    RANGE,
    "the hook reports at the end of a run, whose series end 15 min later; this keeps it told of",
  ),
  hookReportFor: pause("30s", "what the hook reports does not change"),
} satisfies Record<string, Threshold>;
