import { useQueryClient } from "@tanstack/react-query";
import { Link, useRoute } from "wouter";
import { signOut } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { KeyboardIcon, Logo, MoonIcon, SignOutIcon, SunIcon } from "../ui/icons.tsx";
import { chooseTheme, useTheme } from "../ui/preferences.ts";
import styles from "./header.module.css";
import { Lookup } from "./lookup.tsx";

export function Header({ onHelp }: { readonly onHelp: () => void }) {
  const client = useQueryClient();
  const theme = useTheme();
  const otherTheme = theme === "dark" ? "light" : "dark";
  const forget = () => {
    client.clear();
    signOut();
  };
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
        </nav>
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
          <Button square kind="plain" aria-label="Forget the key" title="Forget the key" onClick={forget}>
            <SignOutIcon />
          </Button>
        </div>
      </div>
    </header>
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
