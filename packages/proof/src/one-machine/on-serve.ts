/** Set up before every file of the project `serve`: what it tests from outside, it tests on the server for one machine. */
import { vi } from "vitest";

vi.mock("@homing/local/testing/installation", () => import("./installation.ts"));
