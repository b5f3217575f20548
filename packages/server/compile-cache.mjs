/**
 * Loaded before everything else by `npm run serve`: what Node makes of the sources is kept, so that later starts neither
 * compile them again nor carry the compiler along. NODE_COMPILE_CACHE names another folder.
 */
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/homing", import.meta.url)));
