import { command } from "./command.ts";
import { homingUrlOf } from "./connection.ts";
import { EXIT } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Pages of the dashboard, by what an id begins with. */
const PAGES: Readonly<Record<string, string>> = { msg: "messages", evt: "events", ep: "endpoints" };

export const open = command({
  summary: "Open the dashboard, at a message, an event or an endpoint if one is named",
  usage: "homing open [ID] [--dashboard URL]",
  options: { dashboard: { type: "string" } },
  explanations: [
    "--dashboard URL   where it is; otherwise where Homing is, without `api.` before it",
    "Prints the page's address, too.",
  ],
  run: async ({ terminal, values, positionals, url, show, note }) => {
    const [id, ...others] = positionals;
    if (others.length > 0) throw new UsageError(`Only one id can be given, not "${others.join(" ")}" too.`);
    const dashboard = values.dashboard ?? dashboardOf(homingUrlOf(terminal.env, url));
    const page = pageOf(homingUrlOf(terminal.env, dashboard), id);
    show({ page }, (one) => [one.page]);
    if (terminal.browse && !(await terminal.browse(page))) note("No browser could be started.");
    return EXIT.done;
  },
});

/** The dashboard serves the API, too, or has a domain that the API's is below. */
function dashboardOf(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\./, "")}`;
}

/** @throws UsageError */
function pageOf(dashboard: string, id: string | undefined): string {
  if (id === undefined) return `${dashboard}/`;
  const [, prefix = ""] = /^([a-z]+)_\w+$/.exec(id) ?? [];
  const page = Object.hasOwn(PAGES, prefix) ? PAGES[prefix] : undefined;
  if (page === undefined)
    throw new UsageError(`"${id}" is the id of no message, event or endpoint: msg_…, evt_… or ep_….`);
  return `${dashboard}/${page}/${id}`;
}
