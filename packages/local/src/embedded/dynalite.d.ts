/** The parts of dynalite 4 that the local stack uses; the package brings no types of its own. */

declare module "dynalite" {
  import type { Server } from "node:http";

  interface DynaliteOptions {
    /** Folder of the LevelDB store; absent: in memory. */
    path?: string;
    /** How long a table stays in CREATING, in milliseconds. */
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }

  /** An HTTP server that is not listening yet; its `close` closes the store too. */
  function dynalite(options?: DynaliteOptions): Server;
  export = dynalite;
}
