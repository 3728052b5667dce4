import type { AlertCases } from "../alert-case";
import * as artifacts from "./artifacts";
import * as failures from "./client-failures";
import * as clients from "./clients";
import * as exporter from "./flower-exporter";
import * as hook from "./hook";
import * as learning from "./learning";
import * as runFailures from "./run-failures";
import * as pace from "./run-pace";
import * as starts from "./run-starts";
import * as stragglers from "./stragglers";
import { superNodeOffline } from "./super-node-offline";
import * as work from "./supernode-work";
import * as supernodes from "./supernodes";
import * as stalled from "./training-stalled";

/** Cases of the alerts on Flower, by the alert's name. */
export const flowerCases: Record<string, AlertCases> = {
  AccuracyDrop: learning.accuracyDrop,
  CheckpointOverdue: artifacts.checkpointOverdue,
  ClientAppCrashing: work.clientAppCrashing,
  ClientDropout: clients.clientDropout,
  FLClientFailureRate: failures.flClientFailureRate,
  FLExcessiveClientDropout: clients.flExcessiveClientDropout,
  FLTrainingNotStarted: starts.flTrainingNotStarted,
  FLTrainingStalled: stalled.flTrainingStalled,
  FlowerExporterBlind: exporter.flowerExporterBlind,
  FlowerExporterReplaying: exporter.flowerExporterReplaying,
  FlowerExporterSeriesDropped: exporter.flowerExporterSeriesDropped,
  FlowerVersionUntested: exporter.flowerVersionUntested,
  HookFailing: hook.hookFailing,
  HookMissing: hook.hookMissing,
  HookNamesMoved: hook.hookNamesMoved,
  LossNaN: learning.lossNaN,
  LossNotFalling: learning.lossNotFalling,
  MessagesExpired: failures.messagesExpired,
  ModelBytesJump: artifacts.modelBytesJump,
  RoundOverdue: pace.roundOverdue,
  RunFailed: runFailures.runFailed,
  RunWaitingForNodes: starts.runWaitingForNodes,
  ServerAppLost: runFailures.serverAppLost,
  SuperNodeFailing: work.superNodeFailing,
  SuperNodeFlapping: supernodes.superNodeFlapping,
  SuperNodeGatesRounds: stragglers.superNodeGatesRounds,
  SuperNodeInterrupted: supernodes.superNodeInterrupted,
  SuperNodeOffline: superNodeOffline,
  SuperNodeZombie: work.superNodeZombie,
  TrainingJobStuck: pace.trainingJobStuck,
};
