import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useAccess } from "../access/access.ts";
import { fetchKeys } from "../api/keys.ts";
import { nextPage } from "../api/next-page.ts";
import type { CreatedKey, Key } from "../api/types.ts";
import filters from "../find/filter-field.module.css";
import { FilterField } from "../find/filter-field.tsx";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { now as serverTime, useNow } from "../ui/clock.ts";
import { Contained } from "../ui/contained.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import list from "../ui/list-page.module.css";
import { Empty } from "../ui/notice.tsx";
import page from "../ui/page.module.css";
import { NotYet } from "../ui/query-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Tabs } from "../ui/tabs.tsx";
import type { Asked } from "./confirm-key.tsx";
import { type KeyKind, kindOf } from "./describe-key.ts";
import { KeyRow } from "./key-row.tsx";
import styles from "./keys.module.css";
import { OwnKey } from "./own-key.tsx";
import { SenderSecret } from "./sender-secret.tsx";
import { type Reveal, ShownOnce } from "./shown-once.tsx";

const NewKey = lazyPart("The form of the key", () => import("./new-key.tsx").then((m) => m.NewKey));
const ConfirmKey = lazyPart("The question before it", () =>
  import("./confirm-key.tsx").then((m) => m.ConfirmKey),
);

const PAGE = "100";
const EVERY_MS = 10_000;

const TABS: readonly { readonly kind: KeyKind; readonly tab: string | undefined; readonly name: string }[] = [
  { kind: "KEY", tab: undefined, name: "In force" },
  { kind: "PORTAL", tab: "portal", name: "Portal links" },
  { kind: "ENDED", tab: "ended", name: "Ended" },
];

/** Who may call Homing, and as whom; of a key that may not manage others, only what it may do itself. */
export function Keys() {
  const { canOperate } = useAccess();
  const [isMaking, setIsMaking] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const [reveal, setReveal] = useState<Reveal>();
  const client = useQueryClient();
  const done = (shown: Reveal | undefined, text: string) => {
    client.invalidateQueries({ queryKey: ["keys"] });
    setAsked(undefined);
    setIsMaking(false);
    if (shown) setReveal(shown);
    announce(text);
  };
  return (
    <div className={list.page}>
      <div className={list.head}>
        <h1>Keys</h1>
        {canOperate && (
          <Button kind="primary" onClick={() => setIsMaking(true)}>
            New key
          </Button>
        )}
      </div>
      {reveal && <ShownOnce reveal={reveal} onDone={() => setReveal(undefined)} />}
      <div className={page.columns}>
        <div className={page.main}>
          {canOperate ? (
            <List onAsk={setAsked} />
          ) : (
            <Empty title="This key manages no others">
              That takes one with the scope operate. What this one may do is said beside.
            </Empty>
          )}
        </div>
        <div className={page.side}>
          <OwnKey />
          {canOperate && <SenderSecret onRotate={(senderId) => setAsked({ what: "ROTATE", senderId })} />}
        </div>
      </div>
      {isMaking && (
        <NewKey
          onCreated={(key) => done(revealOf(key), "The key is made. It is shown this once.")}
          onClose={() => setIsMaking(false)}
        />
      )}
      {asked && (
        <ConfirmKey
          asked={asked}
          onDone={(shown) => done(shown, shown ? "Done. It is shown this once." : "Revoked.")}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}

function revealOf({ key, senderId, signingSecret }: CreatedKey): Reveal {
  return {
    title: `The key of ${senderId === "*" ? "all senders" : senderId}, shown this once`,
    note: signingSecret
      ? `Copy both now: nobody can show them again. With the signing secret the receivers of ${senderId} verify its messages.`
      : "Copy it now: nobody can show it again.",
    secrets: [
      { what: "Key", text: key },
      ...(signingSecret ? [{ what: "Signing secret", text: signingSecret }] : []),
    ],
  };
}

function List({ onAsk }: { readonly onAsk: (asked: Asked) => void }) {
  const { keyId: own, senderId: ownSender } = useAccess();
  const [, navigate] = useLocation();
  const search = new URLSearchParams(useSearch());
  const now = useNow();
  const current = TABS.find(({ tab }) => tab === (search.get("tab") ?? undefined)) ?? TABS[0];
  const kind = current?.kind ?? "KEY";
  const sender = search.get("sender") || undefined;
  const pages = useInfiniteQuery({
    queryKey: ["keys", kind, sender],
    // Those of another kind are no part of this list, however many there are.
    queryFn: ({ pageParam, signal }) =>
      nextPage(async (cursor) => {
        const found = await fetchKeys(
          { limit: PAGE, ...(sender ? { senderId: sender } : {}), ...(cursor ? { cursor } : {}) },
          signal,
        );
        return { ...found, items: found.items.filter((one) => kindOf(one, serverTime()) === kind) };
      }, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: EVERY_MS,
  });
  const keys = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <Tabs
        label="Which keys"
        tabs={TABS.map((one) => ({
          name: one.name,
          href: `/keys${searchOf(one.tab, sender)}`,
          isCurrent: one.kind === kind,
        }))}
      />
      {ownSender === "*" && (
        <search className={filters.filters}>
          <FilterField
            label="Sender"
            suggests="senders"
            value={sender}
            onApply={(next) => navigate(`/keys${searchOf(current?.tab, next)}`, { replace: true })}
          />
        </search>
      )}
      {!pages.data ? (
        <NotYet query={pages} what="the keys" skeleton={<Skeleton label="Loading the keys" />} />
      ) : keys.length === 0 && !pages.hasNextPage ? (
        <NoKeys kind={kind} isNarrowed={sender !== undefined} />
      ) : (
        <ol className={styles.keys} aria-label={current?.name}>
          {keys.map((key) => (
            <li key={key.keyId} className={styles.key}>
              <Contained what="This key" renewedBy={key}>
                <KeyRow
                  of={key}
                  kind={kindOf(key, now)}
                  isOwn={key.keyId === own}
                  now={now}
                  onReplace={() => onAsk(about("REPLACE", key, own))}
                  onRevoke={() => onAsk(about("REVOKE", key, own))}
                />
              </Contained>
            </li>
          ))}
        </ol>
      )}
      {pages.hasNextPage && (
        <div>
          <Button onClick={() => pages.fetchNextPage()} aria-disabled={pages.isFetchingNextPage}>
            {pages.isFetchingNextPage ? "Loading more…" : "Show more"}
          </Button>
        </div>
      )}
    </>
  );
}

function about(what: "REPLACE" | "REVOKE", key: Key, own: string): Asked {
  return { what, key, isOwn: key.keyId === own };
}

function searchOf(tab: string | undefined, sender: string | undefined): string {
  const search = new URLSearchParams({ ...(tab ? { tab } : {}), ...(sender ? { sender } : {}) }).toString();
  return search && `?${search}`;
}

function NoKeys({ kind, isNarrowed }: { readonly kind: KeyKind; readonly isNarrowed: boolean }) {
  if (isNarrowed) return <Empty title="No key matches">This sender has none here.</Empty>;
  switch (kind) {
    case "KEY":
      return (
        <Empty title="No keys yet">
          There is the operator key alone, which may do everything. Give each producer one of its own that can
          do no more than it needs, and be revoked by itself.
        </Empty>
      );
    case "PORTAL":
      return (
        <Empty title="No link to the portal is open">
          A link shows one sender's own people their endpoints and what failed there: POST /v1/portal makes
          one.
        </Empty>
      );
    case "ENDED":
      return (
        <Empty title="No key has ended lately">
          Revoked ones stay here for 30 days, expired ones for a day.
        </Empty>
      );
  }
}
