import type { Endpoint } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { changesFor } from "./changes.ts";
import styles from "./endpoint.module.css";
import { useChanges } from "./use-changes.tsx";
import { useMayManage } from "./use-may-manage.ts";

/** What ends its deliveries: apart from what is done every day. */
export function EndingActions({ endpoint }: { readonly endpoint: Endpoint }) {
  const mayManage = useMayManage(endpoint.senderId);
  const { ask, question } = useChanges(endpoint);
  if (!mayManage) return null;
  return (
    <div className={styles.ending}>
      {changesFor(endpoint).DISABLE && (
        <Button kind="plain" onClick={() => ask("DISABLE")}>
          Disable…
        </Button>
      )}
      <Button kind="plain" onClick={() => ask("DELETE")}>
        Delete…
      </Button>
      {question}
    </div>
  );
}
