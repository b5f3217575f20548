import type { Message } from "../api/types.ts";
import { relativeToStart } from "./relative-to-start.ts";
import styles from "./story.module.css";
import { StoryStep } from "./story-step.tsx";
import { type Chapter, tellStory } from "./tell-story.ts";
import { WhatIsNext } from "./what-is-next.tsx";

/** Sends to the queue and delivery attempts in one list, oldest first, and what comes next. */
export function Story({ message }: { readonly message: Message }) {
  const chapters = tellStory(message);
  const lastAttempt = chapters.findLastIndex(({ kind }) => kind === "attempt");
  return (
    <section aria-labelledby="story" className={styles.panel}>
      <h2 id="story" className={styles.title}>
        What happened
      </h2>
      <ol className={styles.story}>
        {chapters.map((chapter, i) => (
          <StoryStep
            key={keyOf(chapter, i)}
            chapter={chapter}
            message={message}
            since={relativeToStart(chapter, message.createdAt)}
            isLatestAttempt={i === lastAttempt}
          />
        ))}
        <WhatIsNext message={message} />
      </ol>
    </section>
  );
}

/** Chapters are only ever appended, so their place identifies them. */
function keyOf(chapter: Chapter, index: number): string {
  return `${index} ${chapter.kind}`;
}
