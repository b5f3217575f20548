import { useState } from "react";
import type { Message } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { relativeToStart } from "./relative-to-start.ts";
import styles from "./story.module.css";
import { StoryStep } from "./story-step.tsx";
import { type Chapter, tellStory } from "./tell-story.ts";
import { WhatIsNext } from "./what-is-next.tsx";

/** How it began and how it stands matter most: of a long story the middle is shown on demand. */
const SHOWN_FIRST = 3;
const MOST_SHOWN = 12;

/** Sends to the queue and delivery attempts in one list, oldest first, and what comes next. */
export function Story({ message }: { readonly message: Message }) {
  const chapters = tellStory(message);
  const [isWhole, setIsWhole] = useState(false);
  const hidden = isWhole ? 0 : Math.max(0, chapters.length - MOST_SHOWN);
  const lastAttempt = chapters.findLastIndex(({ kind }) => kind === "attempt");
  return (
    <section aria-labelledby="story" className={styles.panel}>
      <h2 id="story" className={styles.title}>
        What happened
      </h2>
      <ol className={styles.story}>
        {chapters.map((chapter, i) => {
          if (i === SHOWN_FIRST && hidden > 0) {
            return (
              <li key="hidden" className={styles.step}>
                <span className={styles.dot} />
                <Button small onClick={() => setIsWhole(true)}>
                  Show the {hidden} steps in between
                </Button>
              </li>
            );
          }
          if (i >= SHOWN_FIRST && i < SHOWN_FIRST + hidden) return null;
          return (
            <StoryStep
              key={keyOf(chapter, i)}
              chapter={chapter}
              message={message}
              since={relativeToStart(chapter, message.createdAt)}
              isLatestAttempt={i === lastAttempt}
            />
          );
        })}
        <WhatIsNext message={message} />
      </ol>
    </section>
  );
}

/** Chapters are only ever appended, so their place identifies them. */
function keyOf(chapter: Chapter, index: number): string {
  return `${index} ${chapter.kind}`;
}
