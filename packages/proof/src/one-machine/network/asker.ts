/** A process of the client's machine: says what it is told to, and tells what it hears. */
import { connect } from "node:net";
import type { Question } from "./two-machines.ts";

process.on("message", ({ number, address, port, text }: Question & { readonly number: number }) => {
  const socket = connect(port, address);
  let heard = "";
  const tell = (what: string) => process.send?.({ number, text: what });
  socket.on("data", (chunk) => (heard += chunk.toString("latin1")));
  socket.on("error", ({ code = "" }: NodeJS.ErrnoException) => {
    socket.removeAllListeners("close");
    tell(code);
  });
  socket.on("close", () => tell(heard));
  socket.write(text);
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
