/**
 * Stands before an embedded server in the name of one function: lets through what the function's role allows
 * and answers the rest as AWS does. So a bundle that uses a right which its role lacks fails here, not on AWS.
 */
import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { type Graph, only } from "./graph.ts";

export interface RoleGate {
  readonly endpoint: string;
  /** What was asked for and granted, as `dynamodb:Query homing-ada-Table/index/due`, … */
  readonly used: ReadonlySet<string>;
  /** … and what was asked for and refused. */
  readonly denied: ReadonlySet<string>;
  /** While true, every connection is cut: the service cannot be reached. */
  interrupted: boolean;
  close(): Promise<void>;
}

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** A call as IAM sees it. */
interface Access {
  readonly action: string;
  readonly resources: readonly string[];
}

const SERVICES: Readonly<Record<string, string>> = { DynamoDB_20120810: "dynamodb", AmazonSQS: "sqs" };

/** Everything that a function's role grants, in the words of `RoleGate.used`. */
export function grantsOf(graph: Graph, functionName: string): readonly string[] {
  return statementsOf(graph, functionName).flatMap(({ Action, Resource }) =>
    Resource.flatMap((arn) =>
      Action.map(
        (action) => `${action} ${arn.slice(arn.indexOf(separatorOf(action)) + separatorOf(action).length)}`,
      ),
    ),
  );
}

export async function openRoleGate(graph: Graph, functionName: string, upstream: string): Promise<RoleGate> {
  const statements = statementsOf(graph, functionName);
  const used = new Set<string>();
  const denied = new Set<string>();
  const { hostname, port } = new URL(upstream);
  const gate = {
    endpoint: "",
    used,
    denied,
    interrupted: false,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  const server = createServer(async (request, response) => {
    if (gate.interrupted) {
      response.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { action, resources } = accessOf(String(request.headers["x-amz-target"]), body.toString("utf8"));
    for (const resource of resources) {
      const allowed = statements.some(
        ({ Effect, Action, Resource }) =>
          Effect === "Allow" &&
          Action.includes(action) &&
          Resource.some((arn) => arn.endsWith(`${separatorOf(action)}${resource}`)),
      );
      (allowed ? used : denied).add(`${action} ${resource}`);
      if (!allowed) {
        response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
        response.end(JSON.stringify({ __type: "AccessDeniedException", message: "not authorized" }));
        return;
      }
    }
    const onward = forward(
      {
        hostname,
        port,
        method: request.method,
        path: request.url,
        headers: { ...request.headers, host: `${hostname}:${port}` },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    onward.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  gate.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return gate;
}

function statementsOf(graph: Graph, functionName: string): readonly Statement[] {
  const { inlinePolicies } = only(graph, "aws:iam/role:Role", `${functionName}Role`).inputs as {
    inlinePolicies: { policy: string }[];
  };
  return inlinePolicies.flatMap(({ policy }) => (JSON.parse(policy) as { Statement: Statement[] }).Statement);
}

/** What precedes a resource's name in its ARN. */
function separatorOf(action: string): string {
  return action.startsWith("dynamodb:") ? ":table/" : ":123456789012:";
}

function accessOf(target: string, body: string): Access {
  const [api = "", operation = ""] = target.split(".");
  const input = JSON.parse(body) as {
    TableName?: string;
    IndexName?: string;
    RequestItems?: Record<string, unknown>;
    QueueUrl?: string;
  };
  const resources = input.RequestItems
    ? Object.keys(input.RequestItems)
    : input.TableName
      ? [input.IndexName ? `${input.TableName}/index/${input.IndexName}` : input.TableName]
      : [input.QueueUrl?.split("/").at(-1) ?? "unknown"];
  // SendMessageBatch and its like need the right of the single form: there is no other.
  const name = api === "AmazonSQS" ? operation.replace(/Batch$/, "") : operation;
  return { action: `${SERVICES[api] ?? api}:${name}`, resources };
}
