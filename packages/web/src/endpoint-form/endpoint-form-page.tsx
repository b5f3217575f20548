import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useLocation } from "wouter";
import { useAccess } from "../access/access.ts";
import { isMissing } from "../api/api-error.ts";
import { changeEndpoint, createEndpoint, fetchEndpoint } from "../api/endpoints.ts";
import type { Endpoint } from "../api/types.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { Empty } from "../ui/notice.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import styles from "./endpoint-form.module.css";
import { EndpointForm } from "./endpoint-form.tsx";
import { EMPTY, type FormValues, toInput, toPatch, valuesOf } from "./form-values.ts";

/** A new endpoint, or a change of the one that is named. */
export function EndpointFormPage({ endpointId }: { readonly endpointId?: string }) {
  const { canManage } = useAccess();
  if (!canManage) return <Empty title="This key may not manage endpoints" />;
  return (
    <div className={styles.page}>
      {endpointId === undefined ? <NewEndpoint /> : <ChangedEndpoint endpointId={endpointId} />}
    </div>
  );
}

function NewEndpoint() {
  const { senderId } = useAccess();
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const latest = useRef({ text: "", key: "" });

  const save = async (values: FormValues) => {
    const input = toInput(values);
    // Pressed again because no answer came: the same call makes no second endpoint.
    const text = JSON.stringify(input);
    if (latest.current.text !== text) latest.current = { text, key: crypto.randomUUID() };
    const endpoint = await createEndpoint(input, latest.current.key);
    client.invalidateQueries({ queryKey: ["endpoints"] });
    announce("The endpoint is registered.");
    navigate(`/endpoints/${endpoint.endpointId}`, { replace: true, state: { isNew: true } });
  };
  return (
    <>
      <h1>New endpoint</h1>
      <EndpointForm
        start={senderId === "*" ? EMPTY : { ...EMPTY, senderId }}
        isNew
        action="Create endpoint"
        onSave={save}
        onCancel={() => navigate("/endpoints")}
      />
    </>
  );
}

function ChangedEndpoint({ endpointId }: { readonly endpointId: string }) {
  // As it was when the form was opened: what somebody else changes meanwhile must not move under the reader's hands.
  const query = useQuery({
    queryKey: ["endpoint", endpointId, "form"],
    queryFn: ({ signal }) => fetchEndpoint(endpointId, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const [, navigate] = useLocation();
  const back = () => navigate(`/endpoints/${endpointId}`, { replace: true });
  if (isMissing(query.error)) return <Empty title="There is no such endpoint" />;
  return (
    <>
      <h1>Edit endpoint</h1>
      {query.data ? (
        <Changing endpoint={query.data} onBack={back} />
      ) : (
        <NotYet query={query} what="the endpoint" skeleton={<Skeleton label="Loading the endpoint" />} />
      )}
      {query.isError && <Button onClick={back}>Back</Button>}
    </>
  );
}

function Changing({ endpoint, onBack }: { readonly endpoint: Endpoint; readonly onBack: () => void }) {
  const client = useQueryClient();
  const before = valuesOf(endpoint);
  const save = async (values: FormValues) => {
    const patch = toPatch(before, values);
    if (Object.keys(patch).length > 0) {
      const changed = await changeEndpoint(endpoint.endpointId, patch);
      client.setQueryData(["endpoint", endpoint.endpointId], changed);
      announce("Saved. It applies to what is delivered from now on, within 20 s.");
    }
    onBack();
  };
  return <EndpointForm start={before} action="Save" onSave={save} onCancel={onBack} />;
}
