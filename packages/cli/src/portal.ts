import { command, onlyArgument } from "./command.ts";
import { EXIT } from "./terminal.ts";

export const portal = command({
  summary: "Make a link to the portal of a sender, for that sender's own people",
  usage: "homing portal SENDER [--expires-in 12h] [--open]",
  options: { "expires-in": { type: "string" }, open: { type: "boolean" } },
  explanations: [
    "--expires-in D    how long it works, 1m to 7d; an hour unless given",
    "--open            in your own browser, too",
  ],
  run: async ({ client, terminal, values, positionals, json, show, note }) => {
    const senderId = onlyArgument(positionals, "Sender");
    const { signal } = terminal;
    const link = await client.createPortalLink({ senderId, expiresIn: values["expires-in"] }, { signal });
    show(link, ({ url }) => [url]);
    if (!json) note(`Whoever has it is in, until ${link.expiresAt}. It is shown this once.`);
    if (values.open && terminal.browse && !(await terminal.browse(link.url)))
      note("No browser could be started.");
    return EXIT.done;
  },
});
