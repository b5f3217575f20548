/** Both ways Homing runs, for what is made once and tried on each. */
import { type Installation, startInstallation as startLocal } from "@homing/local/testing/installation";
import { afterAll, beforeAll } from "vitest";
import { startInstallation as startServer } from "../one-machine/installation.ts";

export interface OneOfBoth {
  readonly name: string;
  /** While the tests of the file run. */
  readonly url: string;
}

/** They run while the tests of the file do. */
export function startBoth(): { readonly local: OneOfBoth; readonly server: OneOfBoth } {
  return {
    local: duringTests("the local stack", startLocal),
    server: duringTests("the server for one machine", startServer),
  };
}

function duringTests(name: string, start: () => Promise<Installation>): OneOfBoth {
  let running: Installation | undefined;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running?.stop());
  return {
    name,
    get url() {
      return running?.url ?? "";
    },
  };
}
