import { useId } from "react";
import type { EndpointState } from "../api/types.ts";
import { classes } from "../ui/classes.ts";
import styles from "./endpoint-form.module.css";

const STATES: readonly (readonly [state: EndpointState, name: string, hint: string])[] = [
  ["ACTIVE", "Active", "It gets its events from the start."],
  ["PAUSED", "Paused", "Its deliveries are held until it is activated."],
  ["DISABLED", "Disabled", "It gets no events until it is activated."],
];

interface StateFieldProps {
  readonly state: EndpointState;
  readonly onChange: (state: EndpointState) => void;
}

/** In which state it starts. */
export function StateField({ state, onChange }: StateFieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        Starts
      </label>
      <select
        id={id}
        className={classes(styles.input, styles.select)}
        value={state}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => onChange(STATES.find(([one]) => one === target.value)?.[0] ?? "ACTIVE")}
      >
        {STATES.map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} className={styles.notes}>
        {STATES.find(([one]) => one === state)?.[2]}
      </p>
    </div>
  );
}
