import { Link, useRoute } from "wouter";
import { limitOf, nameOf, useAccess } from "../access/access.ts";
import { DOCS_URL, STAGE } from "../api/client.ts";
import { signOut } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { classes } from "../ui/classes.ts";
import { KeyboardIcon, Logo, MoonIcon, SignOutIcon, SunIcon } from "../ui/icons.tsx";
import { chooseTheme, useTheme } from "../ui/preferences.ts";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
import styles from "./header.module.css";
import { Lookup } from "./lookup.tsx";

export function Header({ onHelp }: { readonly onHelp: () => void }) {
  const theme = useTheme();
  const otherTheme = theme === "dark" ? "light" : "dark";
  return (
    <header className={styles.header}>
      <div className={styles.inner}>
        <Link href="/" className={styles.brand} aria-label="Homing: overview">
          <Logo />
          <span className={styles.name}>Homing</span>
        </Link>
        <nav className={styles.nav} aria-label="Main">
          <NavLink href="/" pattern="/">
            Overview
          </NavLink>
          <NavLink href="/messages" pattern="/messages/*?">
            Messages
          </NavLink>
          <NavLink href="/events" pattern="/events/*?">
            Events
          </NavLink>
          <NavLink href="/endpoints" pattern="/endpoints/*?">
            Endpoints
          </NavLink>
          <NavLink href="/lanes" pattern="/lanes">
            Lanes
          </NavLink>
        </nav>
        <About />
        <Lookup />
        <div className={styles.tools}>
          <Button
            square
            kind="plain"
            aria-label={`Use the ${otherTheme} theme`}
            title={`Use the ${otherTheme} theme`}
            onClick={() => chooseTheme(otherTheme)}
          >
            {theme === "dark" ? <SunIcon /> : <MoonIcon />}
          </Button>
          <Button
            square
            kind="plain"
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts (?)"
            onClick={onHelp}
          >
            <KeyboardIcon />
          </Button>
          <Button square kind="plain" aria-label="Forget the key" title="Forget the key" onClick={signOut}>
            <SignOutIcon />
          </Button>
        </div>
      </div>
    </header>
  );
}

/** Where the reader is, who they are, what they may not do, and where producers look things up. */
function About() {
  const access = useAccess();
  const limit = limitOf(access);
  return (
    <div className={styles.about}>
      <span className={styles.stage} title={`Stage ${STAGE}`}>
        <VisuallyHidden>Stage </VisuallyHidden>
        {STAGE}
      </span>
      <Link
        href="/keys"
        className={classes(styles.link, styles.who)}
        title={`Keys: you are signed in with ${access.keyId}`}
      >
        <VisuallyHidden>Signed in: </VisuallyHidden>
        <bdi>{nameOf(access)}</bdi>
      </Link>
      {limit && <span className={styles.limit}>{limit}</span>}
      <a href={DOCS_URL} className={styles.link}>
        API docs
      </a>
    </div>
  );
}

function NavLink(props: { readonly href: string; readonly pattern: string; readonly children: string }) {
  const [isActive] = useRoute(props.pattern);
  return (
    <Link href={props.href} className={styles.link ?? ""} aria-current={isActive ? "page" : undefined}>
      {props.children}
    </Link>
  );
}
