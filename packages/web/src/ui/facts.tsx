/** A panel of names and values: what is known about something besides its story. */
import { type ReactNode, useId } from "react";
import { Link } from "wouter";
import { Clamped } from "./clamped.tsx";
import { CopyButton } from "./copy-button.tsx";
import styles from "./facts.module.css";
import { SafeText } from "./safe-text.tsx";
import { exactTime } from "./times.ts";

export function FactPanel(props: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.panel}>
      <h2 id={id} className={styles.title}>
        {props.title}
      </h2>
      <dl className={styles.list}>{props.children}</dl>
    </section>
  );
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Nothing where there is no such time. */
export function TimeFact({ name, at }: { readonly name: string; readonly at: string | undefined }) {
  return at === undefined ? null : (
    <Fact name={name}>
      <time dateTime={at} title={at}>
        {exactTime(Date.parse(at))}
      </time>
    </Fact>
  );
}

/** Nothing where there are none. */
export function PairsFact(props: {
  readonly name: string;
  readonly pairs: Readonly<Record<string, string>> | undefined;
}) {
  const entries = Object.entries(props.pairs ?? {});
  if (entries.length === 0) return null;
  return (
    <Fact name={props.name}>
      <dl className={styles.pairs}>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>
              <SafeText>{name}</SafeText>
            </dt>
            <dd>
              <Clamped>{value}</Clamped>
            </dd>
          </div>
        ))}
      </dl>
    </Fact>
  );
}

/** Words of somebody's choice; `none` says what it means that there are none, absent: no fact. */
export function WordsFact(props: {
  readonly name: string;
  readonly words: readonly string[] | undefined;
  readonly none?: string;
}) {
  const { name, words, none } = props;
  if (words === undefined) return none === undefined ? null : <Fact name={name}>{none}</Fact>;
  return (
    <Fact name={name}>
      <ul className={styles.words}>
        {words.map((word) => (
          <li key={word} className={styles.word}>
            {word}
          </li>
        ))}
      </ul>
    </Fact>
  );
}

export function FactLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link className={styles.link ?? ""} href={href}>
      {children}
    </Link>
  );
}

export function Copyable({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <span className={styles.copyable}>
      <code>
        <Clamped>{text}</Clamped>
      </code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
