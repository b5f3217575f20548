// Stands for Lambda's runtime: loads one bundle, hands it one event and says when it has answered. Plain
// JavaScript, because stripping types would take a part of the time that is measured.
import { readFileSync } from "node:fs";

const [, , bundle, eventFile] = process.argv;
const { handler } = await import(bundle);
const loadedMs = performance.now();
const context = { awsRequestId: "request", functionName: "cold", getRemainingTimeInMillis: () => 30_000 };
const response = await handler(JSON.parse(readFileSync(eventFile, "utf8")), context);
process.send({ response, loadedMs, totalMs: performance.now() }, () => process.exit());
