import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Diff } from "./diff";
import { Operations, type Previewed } from "./operations";
import { compact, type Props } from "./property";
import { InitError, type Provider } from "./provider";
import type { Engine } from "./engine";

/** The version every stand-in reports, so that no listing can take one for an official plugin. */
export const standInVersion = "0.0.0-stand-in";

type Handler = grpc.UntypedHandleCall;
type Answer = (
  error: grpc.ServiceError | Partial<grpc.StatusObject> | null,
  value?: object,
) => void;

const fromStruct = (struct: Struct | undefined): Props => struct?.toJavaScript() ?? {};
const toStruct = (props: object): Struct => Struct.fromJavaScript(compact(props));

/** The gRPC face of a provider: turns messages into calls of `Operations` and back. */
export function service(provider: Provider, engine: Engine): Record<string, Handler> {
  const ops = new Operations(provider, engine);
  const unary =
    <Request>(handle: (request: Request) => Promise<object> | object): Handler =>
    (call: grpc.ServerUnaryCall<Request, object>, answer: Answer) => {
      // A handler that throws must still answer, or the engine waits for ever.
      Promise.resolve()
        .then(() => handle(call.request))
        .then(
          (value) => answer(null, value),
          (error: unknown) => answer(statusOf(error)),
        );
    };

  return {
    checkConfig: unary((r: pb.CheckRequest) => checked(ops.checkConfig(fromStruct(r.getNews())))),
    configure: unary(async (r: pb.ConfigureRequest) => {
      await ops.configure(fromStruct(r.getArgs()));
      const answer = new pb.ConfigureResponse();
      return answer.setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: unary((r: pb.CheckRequest) =>
      checked(ops.check(r.getUrn(), fromStruct(r.getOlds()), fromStruct(r.getNews()))),
    ),
    diff: unary((r: pb.DiffRequest) => {
      const state = fromStruct(r.getOlds());
      const inputs = r.hasOldInputs() ? fromStruct(r.getOldInputs()) : state;
      return diffed(ops.diff(r.getUrn(), { state, inputs }, fromStruct(r.getNews())));
    }),
    create: unary(async (r: pb.CreateRequest) => {
      const how = { preview: r.getPreview(), seconds: r.getTimeout() };
      const made = await ops.create(r.getUrn(), fromStruct(r.getProperties()), how);
      return new pb.CreateResponse().setId(made.id).setProperties(toStruct(made.state));
    }),
    read: unary(async (r: pb.ReadRequest) => {
      const old = { state: fromStruct(r.getProperties()), inputs: fromStruct(r.getInputs()) };
      const now = await ops.read(r.getUrn(), r.getId(), old, r.getTimeout());
      const answer = new pb.ReadResponse();
      if (now === undefined) return answer;
      answer.setId(now.id).setProperties(toStruct(now.state));
      return answer.setInputs(toStruct(now.inputs));
    }),
    update: unary(async (r: pb.UpdateRequest) => {
      const how: Previewed = { preview: r.getPreview(), seconds: r.getTimeout() };
      const old = fromStruct(r.getOlds());
      const state = await ops.update(r.getUrn(), r.getId(), old, fromStruct(r.getNews()), how);
      return new pb.UpdateResponse().setProperties(toStruct(state));
    }),
    delete: unary(async (r: pb.DeleteRequest) => {
      await ops.delete(r.getUrn(), r.getId(), fromStruct(r.getProperties()), r.getTimeout());
      return new Empty();
    }),
    cancel: unary(() => {
      ops.cancel();
      return new Empty();
    }),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(standInVersion)),
    getSchema: unary(() => new pb.GetSchemaResponse().setSchema("{}")),
    attach: unary((r: plugin.PluginAttach) => {
      engine.connect(r.getAddress());
      return new Empty();
    }),
  };
}

function checked(result: { inputs: Props; failures: { property: string; reason: string }[] }) {
  const answer = new pb.CheckResponse();
  const failures = result.failures.map((f) =>
    new pb.CheckFailure().setProperty(f.property).setReason(f.reason),
  );
  return answer.setInputs(toStruct(result.inputs)).setFailuresList(failures);
}

const kinds = {
  add: [pb.PropertyDiff.Kind.ADD, pb.PropertyDiff.Kind.ADD_REPLACE],
  delete: [pb.PropertyDiff.Kind.DELETE, pb.PropertyDiff.Kind.DELETE_REPLACE],
  update: [pb.PropertyDiff.Kind.UPDATE, pb.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffed(diff: Diff): pb.DiffResponse {
  const answer = new pb.DiffResponse();
  const names = Object.keys(diff.changes);
  const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
  answer.setChanges(names.length === 0 ? DIFF_NONE : DIFF_SOME).setDiffsList(names);
  answer.setHasdetaileddiff(true).setDeletebeforereplace(diff.deleteBeforeReplace);
  for (const [name, change] of Object.entries(diff.changes)) {
    if (change.replace) answer.addReplaces(name);
    const kind = kinds[change.kind][change.replace ? 1 : 0];
    const detail = new pb.PropertyDiff().setKind(kind).setInputdiff(change.input);
    answer.getDetaileddiffMap().set(name, detail);
  }
  return answer;
}

/**
 * An error as gRPC status. An initialisation error carries the state in the status details, which is
 * how the engine learns to keep the resource.
 */
function statusOf(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof InitError) {
    const detail = new pb.ErrorResourceInitFailed();
    detail.setId(error.id).setProperties(toStruct(error.state)).setReasonsList(error.reasons);
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message);
    status.addDetails(any);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}
