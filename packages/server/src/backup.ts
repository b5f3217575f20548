/** `npm run backup -- FILE`: a copy of the database while Homing runs, looked through before it gets its name. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { SettingsError } from "@homing/core/settings";
import { OptionError, scriptOptions } from "@homing/functions/machine/script-options";
import { dataDirOf } from "./server-settings.ts";
import { markAsBackup } from "./sqlite/backup-mark.ts";
import { DATABASE_FILE } from "./sqlite/open-database.ts";

const HELP = `Usage: npm run backup -- FILE

Copies Homing's database to FILE while it runs, and opens the copy to see that it is whole. To restore one, stop Homing,
put it into the data folder as ${DATABASE_FILE}, remove ${DATABASE_FILE}-wal and ${DATABASE_FILE}-shm, and start again.

  HOMING_DATA_DIR  where the data is kept (.homing-server)
`;

/** In one step: between two, a write of the server would begin the copy anew. */
const ALL_PAGES = 2 ** 31 - 1;

async function main(): Promise<void> {
  const file = scriptOptions({ help: HELP, options: {}, takesArguments: true }, (_, [path, ...others]) => {
    if (path === undefined || others.length > 0) throw new OptionError("Name one file to back up to.");
    return path;
  });
  process.umask(0o077);
  const source = join(dataDirOf(process.env), DATABASE_FILE);
  const draft = `${file}.new`;
  remove(draft);
  try {
    const pages = await copy(source, draft);
    verify(draft);
    markAsBackup(draft);
    renameSync(draft, file);
    sync(dirname(file));
    process.stdout.write(`${file}: ${pages} pages, verified.\n`);
  } finally {
    remove(draft);
  }
}

/** With what SQLite leaves beside a file that it has only read: the log of one draft is not that of the next. */
function remove(draft: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${draft}${suffix}`, { force: true });
}

async function copy(from: string, to: string): Promise<number> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 10_000 });
  try {
    return await backup(source, to, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
}

function verify(path: string): void {
  const copied = new DatabaseSync(path, { readOnly: true });
  try {
    const found = copied.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (found !== "ok") throw new Error(`the copy is damaged: ${found}`);
  } finally {
    copied.close();
  }
  sync(path);
}

/** A backup that a power cut takes back is none. */
function sync(path: string): void {
  const handle = openSync(path, "r");
  fsyncSync(handle);
  closeSync(handle);
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${error instanceof SettingsError ? reason : `The backup failed: ${reason}.`}\n`);
  process.exit(1);
});
