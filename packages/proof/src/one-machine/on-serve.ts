/** Set up before every file of the projects `serve` and `browser-serve`: what asks for Homing gets the server for one machine. */
import { vi } from "vitest";

vi.mock("@homing/local/testing/installation", () => import("./installation.ts"));
