import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdirSync } from "node:fs";
import type { Server } from "node:http";
import { startFauxqs } from "fauxqs";
import { EMBEDDED_REGION } from "./clients.ts";
import { type EmbeddedServer, type EmbeddedServerOptions, LOOPBACK } from "./embedded-server.ts";
import { makeQueuesFair } from "./fair-queues.ts";
import { guardRequests } from "./guard.ts";

/** Starts fauxqs in this process. The database in `dataDir` must not be open anywhere else. */
export async function startSqs({ dataDir, accessKeyId }: EmbeddedServerOptions): Promise<EmbeddedServer> {
  await makeQueuesFair();
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  let guarded = false;
  const onFastifyApp = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyApp };
    guardRequests(fastify.server, accessKeyId);
    const listen = fastify.listen.bind(fastify);
    fastify.listen = (options) => listen({ ...options, host: LOOPBACK });
    guarded = true;
  };

  // fauxqs listens on 0.0.0.0 without an option for it. It makes its Fastify instance before its first await,
  // and Fastify announces each new instance on a channel, so that others can add to it:
  // https://fastify.dev/docs/latest/Reference/Hooks/#diagnostics-channel-hooks
  subscribe(FASTIFY_CREATED, onFastifyApp);
  const starting = startFauxqs({
    ...(dataDir === undefined ? {} : { dataDir }),
    // All said here, because fauxqs would take what is missing from FAUXQS_* variables.
    port: 0,
    logger: false,
    host: "localhost",
    defaultRegion: EMBEDDED_REGION,
    init: {},
  });
  unsubscribe(FASTIFY_CREATED, onFastifyApp);

  const server = await starting;
  if (!guarded) {
    await server.stop();
    throw new Error("The embedded SQS server could not be put behind its guard.");
  }
  return { endpoint: `http://${LOOPBACK}:${server.port}`, port: server.port, close: () => server.stop() };
}

const FASTIFY_CREATED = "fastify.initialization";

/** What is needed of a Fastify instance that does not listen yet. */
interface FastifyApp {
  readonly server: Server;
  listen(options: { port: number; host: string }): Promise<string>;
}
