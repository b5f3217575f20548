import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { AccessContext } from "../access/access.ts";
import { IS_PORTAL } from "../api/place.ts";
import { accessQuery, createQueryClient, forgetAnswers } from "../api/queries.ts";
import { signOut, useSession } from "../api/session.ts";
import { Overview } from "../overview/overview.tsx";
import { Announcer } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { Contained } from "../ui/contained.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { Empty } from "../ui/notice.tsx";
import { toggleExactTimes } from "../ui/preferences.ts";
import { NotYet } from "../ui/query-state.tsx";
import { useSequences, useShortcuts } from "../ui/shortcuts.ts";
import styles from "./app.module.css";
import { Header } from "./header.tsx";
import {
  Compose,
  EndpointForm,
  EndpointPage,
  Endpoints,
  EventPage,
  Events,
  Lanes,
  MessagePage,
  Messages,
} from "./parts.ts";
import { titleOf } from "./title-of.ts";
import { useScrollMemory } from "./use-scroll-memory.ts";

const SignIn = lazyPart("The key entry", () => import("../access/sign-in.tsx").then((m) => m.SignIn));
const Portal = lazyPart("The portal", () => import("../portal/portal.tsx").then((m) => m.Portal));
const FindPage = lazyPart("The search", () => import("../find/find-page.tsx").then((m) => m.FindPage));
const Keys = lazyPart("The keys", () => import("../keys/keys.tsx").then((m) => m.Keys));
const ShortcutsHelp = lazyPart("The list of shortcuts", () =>
  import("./shortcuts-help.tsx").then((m) => m.ShortcutsHelp),
);

const client = createQueryClient();
const SEQUENCE_STARTERS = ["g"];

export function App() {
  return (
    <QueryClientProvider client={client}>
      {IS_PORTAL ? <Portal /> : <Gate />}
      <Announcer />
    </QueryClientProvider>
  );
}

/** Nothing but the key entry until there is a key, and nothing that the key does not allow. */
function Gate() {
  const { key, refused } = useSession();
  useEffect(() => {
    if (key === undefined) forgetAnswers(client);
  }, [key]);
  return key === undefined ? <SignIn refused={refused} /> : <SignedIn sessionKey={key} />;
}

function SignedIn({ sessionKey }: { readonly sessionKey: string }) {
  const access = useQuery(accessQuery(sessionKey));
  if (access.data?.canRead) {
    return (
      <AccessContext value={access.data}>
        <Screens />
      </AccessContext>
    );
  }
  if (access.data) {
    return (
      <main>
        <Empty
          title="This key may not read messages"
          action={<Button onClick={signOut}>Enter another key</Button>}
        />
      </main>
    );
  }
  return (
    <main>
      <NotYet query={access} what="what this key may do" skeleton={null} />
    </main>
  );
}

function Screens() {
  const [helpIsOpen, setHelpIsOpen] = useState(false);
  const [path, navigate] = useLocation();
  useSequences(SEQUENCE_STARTERS);
  useShortcuts({
    "g o": () => navigate("/"),
    "g m": () => navigate("/messages"),
    "g e": () => navigate("/events"),
    "g p": () => navigate("/endpoints"),
    "g l": () => navigate("/lanes"),
    "g k": () => navigate("/keys"),
    "g a": () => navigate("/messages?tab=attention"),
    t: toggleExactTimes,
    "?": () => setHelpIsOpen(true),
  });
  useTitle(path);
  const main = useRef<HTMLElement>(null);
  useScrollMemory(main);
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the contents
      </a>
      <Header onHelp={() => setHelpIsOpen(true)} />
      <main ref={main} id="main" tabIndex={-1} className={styles.main}>
        <Contained key={path} what="This screen">
          <Switch>
            <Route path="/">
              <Overview />
            </Route>
            <Route path="/messages">
              <Messages />
            </Route>
            <Route path="/find">
              <FindPage />
            </Route>
            <Route path="/messages/new">
              <Compose />
            </Route>
            <Route path="/messages/:id">{({ id }) => <MessagePage key={id} messageId={id} />}</Route>
            <Route path="/endpoints">
              <Endpoints />
            </Route>
            <Route path="/endpoints/new">
              <EndpointForm />
            </Route>
            <Route path="/endpoints/:id">{({ id }) => <EndpointPage key={id} endpointId={id} />}</Route>
            <Route path="/endpoints/:id/edit">{({ id }) => <EndpointForm endpointId={id} />}</Route>
            <Route path="/events">
              <Events />
            </Route>
            <Route path="/events/:id">{({ id }) => <EventPage key={id} eventId={id} />}</Route>
            <Route path="/lanes">
              <Lanes />
            </Route>
            <Route path="/keys">
              <Keys />
            </Route>
            <Route path="/index.html">
              <Redirect to="/" replace />
            </Route>
            <Route>
              <Empty title="There is no such page">
                The address may be mistyped, or from another version.
              </Empty>
            </Route>
          </Switch>
        </Contained>
      </main>
      {helpIsOpen && <ShortcutsHelp onClose={() => setHelpIsOpen(false)} />}
    </>
  );
}

function useTitle(path: string): void {
  useEffect(() => {
    document.title = `${titleOf(path)} · Homing`;
  }, [path]);
}
