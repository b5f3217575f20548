/** The dashboard of one sender, for its own people: the same screens without what is the operator's. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { Link, Redirect, Route, Router, Switch, useLocation, useRoute } from "wouter";
import { AccessContext } from "../access/access.ts";
import { accessQuery } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import {
  EndpointForm,
  EndpointPage,
  Endpoints,
  EventPage,
  Events,
  Lanes,
  MessagePage,
  Messages,
} from "../shell/parts.ts";
import { titleOf } from "../shell/title-of.ts";
import { useScrollMemory } from "../shell/use-scroll-memory.ts";
import { Contained } from "../ui/contained.tsx";
import { Empty } from "../ui/notice.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { takeLink } from "./link.ts";
import styles from "./portal.module.css";

takeLink();
// All of it is one sender's, which then goes without saying.
document.documentElement.dataset.oneSender = "";
// Another link in the same tab changes nothing but the fragment. What the one before has shown is not for this one.
addEventListener("hashchange", () => {
  takeLink();
  location.reload();
});

export function Portal() {
  const { key, refused } = useSession();
  if (key !== undefined) return <SignedIn sessionKey={key} />;
  return refused ? (
    <Closed title="This link no longer works">
      It has expired, or was taken back. Ask for a new one where you got it.
    </Closed>
  ) : (
    <Closed title="This page opens with a link">Ask for one where you have your account.</Closed>
  );
}

function SignedIn({ sessionKey }: { readonly sessionKey: string }) {
  const access = useQuery(accessQuery(sessionKey));
  if (!access.data) {
    return (
      <main className={styles.main}>
        <NotYet query={access} what="what this link opens" skeleton={null} />
      </main>
    );
  }
  // Never that of an operator, who has the dashboard: this page may be in somebody else's frame.
  if (access.data.senderId === "*" || !access.data.canRead)
    return <Closed title="This link opens no portal">Ask for a new one where you got it.</Closed>;
  return (
    <AccessContext value={access.data}>
      <Router base="/portal">
        <Screens />
      </Router>
    </AccessContext>
  );
}

function Closed({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <main className={styles.main}>
      <Empty title={title}>{children}</Empty>
    </main>
  );
}

function Screens() {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  useScrollMemory(main);
  useTitle(path);
  return (
    <>
      <nav className={styles.nav} aria-label="Main">
        <Place href="/endpoints">Endpoints</Place>
        <Place href="/events">Events</Place>
        <Place href="/messages">Messages</Place>
      </nav>
      <main ref={main} id="main" tabIndex={-1} className={styles.main}>
        <Contained key={path} what="This screen">
          <Switch>
            <Route path="/">
              <Redirect to="/endpoints" replace />
            </Route>
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
            <Route path="/messages">
              <Messages />
            </Route>
            <Route path="/messages/:id">{({ id }) => <MessagePage key={id} messageId={id} />}</Route>
            <Route path="/lanes">
              <Lanes />
            </Route>
            <Route>
              <Empty title="There is no such page">
                The address may be mistyped, or from another version.
              </Empty>
            </Route>
          </Switch>
        </Contained>
      </main>
    </>
  );
}

function Place({ href, children }: { readonly href: string; readonly children: string }) {
  const [isActive] = useRoute(`${href}/*?`);
  return (
    <Link href={href} className={styles.place ?? ""} aria-current={isActive ? "page" : undefined}>
      {children}
    </Link>
  );
}

/** Nobody's name stands in it but that of the screen. */
function useTitle(path: string): void {
  useEffect(() => {
    document.title = titleOf(path);
  }, [path]);
}
