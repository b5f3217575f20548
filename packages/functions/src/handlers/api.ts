import type { Counting } from "./worker.ts";

/**
 * An invocation of the API ends with its counts written: Lambda freezes the process with the answer, and what is
 * still under way then may never be done.
 */
export function countedAnswer<Arguments extends readonly unknown[], Answer>(
  answer: (...args: Arguments) => Promise<Answer>,
  { counters }: Counting,
): (...args: Arguments) => Promise<Answer> {
  return async (...args) => {
    const response = await answer(...args);
    await counters.flush();
    return response;
  };
}
