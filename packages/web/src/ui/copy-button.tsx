import { useEffect, useState } from "react";
import { announce } from "./announcer.tsx";
import { Button } from "./button.tsx";
import { CheckIcon } from "./icons.tsx";
import { CopyIcon } from "./more-icons.tsx";

const SHOWN_FOR_MS = 1_500;

/** Copies `text` and says so; `what` names it, as in "Copy message id". */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(`Copied ${what}`);
    } catch {
      announce(`The browser does not allow copying. Select the ${what} and copy it by hand.`);
    }
  };
  return (
    <Button small square kind="plain" aria-label={`Copy ${what}`} title={`Copy ${what}`} onClick={copy}>
      {copied ? <CheckIcon /> : <CopyIcon />}
    </Button>
  );
}
