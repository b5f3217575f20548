/**
 * Loaded before everything else by each script that runs TypeScript: an older Node would end in a loader's stack
 * trace. Plain JavaScript that every Node can read.
 */
const WANTED = 24;

if (Number(process.versions.node.split(".")[0]) < WANTED) {
  process.stderr.write(
    `Homing needs Node ${WANTED} or newer, and this is ${process.versions.node}. \`npm ci\` brings one along unless install scripts are turned off: run \`npm rebuild node --ignore-scripts=false\`, or put a newer Node first on the PATH.\n`,
  );
  process.exit(1);
}
