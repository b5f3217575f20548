import { spellDuration } from "../ui/times.ts";
import type { Chapter } from "./tell-story.ts";

/** How long after acceptance, as in "+5.3 s". */
export function relativeToStart(chapter: Chapter, createdAt: string): string | undefined {
  if (!("at" in chapter) || chapter.at === undefined || chapter.kind === "accepted") return undefined;
  return `+${spellDuration(Date.parse(chapter.at) - Date.parse(createdAt))}`;
}
