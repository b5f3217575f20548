import styles from "./select.module.css";

interface SelectBoxProps {
  /** Names the message as its row does. */
  readonly name: string;
  readonly isSelected: boolean;
  readonly onToggle: (isRange: boolean) => void;
}

/** Before a row: whether it is selected. With Shift, all from the one that was selected before. */
export function SelectBox({ name, isSelected, onToggle }: SelectBoxProps) {
  return (
    <label className={styles.box}>
      <input
        type="checkbox"
        aria-label={`Select ${name}`}
        checked={isSelected}
        onChange={({ nativeEvent }) => onToggle(nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)}
      />
    </label>
  );
}
