import { useState } from "react";
import { Button } from "./button.tsx";
import { SafeText } from "./safe-text.tsx";

/** Some lines on a narrow screen. */
const SHOWN_CHARACTERS = 240;
const HALF_A_CHARACTER = /[\ud800-\udbff]$/;

/** Somebody else's text, which may be long: its beginning, and all of it on demand. */
export function Clamped({ children: text }: { readonly children: string }) {
  const [isWhole, setIsWhole] = useState(false);
  if (isWhole || text.length <= SHOWN_CHARACTERS) return <SafeText>{text}</SafeText>;
  return (
    <>
      <SafeText>{`${text.slice(0, SHOWN_CHARACTERS).replace(HALF_A_CHARACTER, "")}…`}</SafeText>{" "}
      <Button small onClick={() => setIsWhole(true)}>
        Show all {text.length.toLocaleString()} characters
      </Button>
    </>
  );
}
