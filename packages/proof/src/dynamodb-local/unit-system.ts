import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { HttpClient, RequestResult } from "@homing/core/delivery/http-client";
import { SECOND } from "@homing/core/duration";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import type { Counters } from "@homing/core/stats/counters";
import { RecordingObserver } from "@homing/core/testing/recording-observer";
import { TestClock } from "@homing/core/testing/test-clock";
import { createApp } from "@homing/functions/api/app";
import { createReconcilerHandler } from "@homing/functions/handlers/reconciler";
import { createDeadLetterHandler, createWorkerHandler } from "@homing/functions/handlers/worker";
import { createAuthenticator } from "@homing/functions/keys/authenticator";
import { createServices } from "@homing/functions/services";
import { createSigningSecrets } from "@homing/functions/signing-secrets";
import { provisionTable } from "@homing/local/embedded/provision-table";
import { AwsMeter, type AwsUse } from "./aws-meter.ts";
import { SqsStub, STUB_QUEUE_URL } from "./sqs-stub.ts";

const TABLE = "homing";
const SIGNING_MASTER = "a master secret for the measurements";
const OPERATOR_KEY = "operator-key-of-the-unit-system";
const INVOCATION = { getRemainingTimeInMillis: () => 30 * SECOND };

/** What the target does with the next requests; `crash` kills the worker in the middle of one. */
export type TargetBehaviour = number | "crash";

/** Does something, and notes under this name what it used. */
export type Note = (name: string, work: () => Promise<unknown>) => Promise<void>;

interface ApiCall {
  readonly method?: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  /** In place of the operator's. */
  readonly key?: string;
}

/**
 * The real application, worker, dead-letter consumer and reconciler on a table of their own, with time, target
 * and queue in the caller's hand and every call to AWS metered.
 */
export class UnitSystem {
  readonly clock = new TestClock();
  readonly sqs = new SqsStub();
  target: TargetBehaviour = 200;
  /** What the target says with its answer: as much as a first attempt keeps of it. */
  answer = "x".repeat(256);
  /** Counters are written once a second and not for each message, and so are left out unless they are asked for. */
  counting = false;
  readonly #meter = new AwsMeter();
  readonly #parts;

  private constructor(dynamodb: DynamoDBClient) {
    const sqs = this.sqs.createClient();
    this.#meter.watchDynamoDb(dynamodb);
    this.#meter.watchSqs(sqs);
    const { counters, ...rest } = createServices({
      dynamodb,
      sqs,
      tableName: TABLE,
      urls: { queueUrl: STUB_QUEUE_URL, deadLetterQueueUrl: STUB_QUEUE_URL },
      // As deployed, but with the gate: it costs nothing while endpoints are well.
      settings: { ...DEFAULT_SETTINGS, failingGate: true },
      observer: new RecordingObserver(),
      clock: this.clock,
    });
    const services = { ...rest, counters: this.#onlyWhenCounting(counters) };
    this.#parts = {
      counters,
      app: createApp({
        ...services,
        authenticator: createAuthenticator({ ...services, operatorKey: OPERATOR_KEY }),
        signingMaster: SIGNING_MASTER,
        onStored: () => services.counters.startFlush(),
      }),
      worker: createWorkerHandler({
        ...services,
        http: this.#http(),
        signingSecrets: createSigningSecrets({
          master: SIGNING_MASTER,
          senders: services.keyStore,
          clock: services.clock,
        }),
      }),
      deadLetter: createDeadLetterHandler(services),
      reconciler: createReconcilerHandler(services),
    };
  }

  static async on(dynamodb: DynamoDBClient): Promise<UnitSystem> {
    await provisionTable(dynamodb, TABLE);
    const system = new UnitSystem(dynamodb);
    // Its first run notes the number of shards: once in the life of a process.
    await system.reconcile();
    return system;
  }

  /** What `work` used. */
  measure(work: () => Promise<unknown>): Promise<AwsUse> {
    return this.#meter.measure(work);
  }

  writeCounters(): Promise<void> {
    return this.#parts.counters.flush(true);
  }

  /** @throws Error unless it answers `expectedStatus`. */
  async call(
    path: string,
    expectedStatus: number,
    { method, body, idempotencyKey, key = OPERATOR_KEY }: ApiCall = {},
  ) {
    const response = await this.#parts.app.request(path, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.status !== expectedStatus) {
      throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    }
    return answer;
  }

  /** What an invocation of the API's function does when it has its answer. */
  endInvocation(): Promise<void> {
    return this.#parts.counters.flush();
  }

  /** The worker takes all that has been sent. */
  deliver(): Promise<unknown> {
    return this.#parts.worker(this.sqs.receive(), INVOCATION);
  }

  /** All that has been sent goes to the dead-letter queue's consumer. */
  deadLetter(): Promise<unknown> {
    return this.#parts.deadLetter(this.sqs.receive(), INVOCATION);
  }

  reconcile(): Promise<unknown> {
    return this.#parts.reconciler();
  }

  #onlyWhenCounting(counters: Counters): Counters {
    return {
      add: (what, by) => counters.add(what, by),
      flush: async (force) => {
        if (this.counting) await counters.flush(force);
      },
      startFlush: () => {
        if (this.counting) counters.startFlush();
      },
      perMinute: () => counters.perMinute(),
      perQuarter: () => counters.perQuarter(),
      keepQuarters: async () => {
        if (this.counting) await counters.keepQuarters();
      },
      kept: () => counters.kept(),
    };
  }

  #http(): HttpClient {
    return {
      request: async (): Promise<RequestResult> => {
        if (this.target === "crash") throw new Error("The worker is gone.");
        return {
          kind: "response",
          status: this.target,
          headers: {
            date: "Sun, 22 Nov 2026 12:00:00 GMT",
            "content-type": "application/json; charset=utf-8",
            "content-length": String(this.answer.length),
            server: "nginx",
            "x-request-id": "3f0c9d2e-8a57-4b53-9d0e-0f3b1c5a7e21",
          },
          body: this.answer,
          durationMs: 102,
        };
      },
    };
  }
}
