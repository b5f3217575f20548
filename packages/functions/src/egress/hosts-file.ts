import { readFile, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";

/** The addresses that this machine's hosts file gives a name; none if it does not name it. */
export type HostsFile = (hostname: string) => Promise<readonly string[]>;

/** Reads the file again when it has changed. One that cannot be read names nothing. */
export function createHostsFile(path: string = systemHostsFile()): HostsFile {
  let version = "";
  let names: ReadonlyMap<string, readonly string[]> = new Map();
  return async (hostname) => {
    try {
      const { mtimeMs, size } = await stat(path);
      if (version !== `${mtimeMs} ${size}`) {
        names = parseHostsFile(await readFile(path, "utf8"));
        version = `${mtimeMs} ${size}`;
      }
    } catch {
      return [];
    }
    return names.get(plainName(hostname)) ?? [];
  };
}

/** `address name alias … # comment`, as hosts(5) has it; a name on several lines has all their addresses. */
export function parseHostsFile(text: string): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...aliases] = (line.split("#", 1)[0] ?? "").trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const alias of aliases) {
      const addresses = names.get(plainName(alias)) ?? [];
      addresses.push(address);
      names.set(plainName(alias), addresses);
    }
  }
  return names;
}

function plainName(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, "");
}

function systemHostsFile(): string {
  if (process.platform !== "win32") return "/etc/hosts";
  return join(process.env.SystemRoot ?? "C:\\Windows", "System32", "drivers", "etc", "hosts");
}
