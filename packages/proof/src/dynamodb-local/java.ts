import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const OLDEST_JAVA = 17;

/**
 * The `java` to run: of JAVA_HOME, else from PATH.
 *
 * @throws Error in one line unless it is of a JDK that is new enough; a JRE has no compiler for our launcher.
 */
export async function findJava(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, "bin", "java") : "java";
  const modules = await promisify(execFile)(java, ["--list-modules"]).then(
    ({ stdout }) => stdout,
    () => "",
  );
  const version = Number(/^java\.base@(\d+)/m.exec(modules)?.[1] ?? 0);
  if (version < OLDEST_JAVA || !/^jdk\.compiler@/m.test(modules)) {
    throw new Error(
      `DynamoDB Local needs a JDK ${OLDEST_JAVA} or newer (Debian: apt-get install openjdk-17-jdk-headless).`,
    );
  }
  return java;
}
