/** One embedded server, listening on a random port of 127.0.0.1 behind the guard. */
export interface EmbeddedServer {
  /** `http://127.0.0.1:PORT`, for the `endpoint` of an SDK client. */
  readonly endpoint: string;
  /** Deliveries must never be let through to it. */
  readonly port: number;
  /** Ends the server and its storage; resolves once everything acknowledged is on disk. */
  close(): Promise<void>;
}

export interface EmbeddedServerOptions {
  /** Folder for the server's files, created if missing; absent: everything stays in memory. */
  readonly dataDir?: string;
  /** The random access key of this start; requests that are not signed with it are refused. */
  readonly accessKeyId: string;
}

export const LOOPBACK = "127.0.0.1";
