/** Under `sst dev`: something on the developer's machine to deliver to, in a pane of its own. */
export const receiver = new sst.x.DevCommand("Receiver", {
  dev: { title: "Receiver", command: "node packages/local/src/receiver.ts", autostart: true },
});
