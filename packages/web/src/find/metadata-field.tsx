import { FilterField } from "./filter-field.tsx";

interface MetadataFieldProps {
  readonly value: string | undefined;
  /** `name=value`, as the API asks for it. */
  readonly onApply: (metadata: string | undefined) => void;
}

/** One pair of the metadata, which people write with a colon as well. */
export function MetadataField({ value, onApply }: MetadataFieldProps) {
  return (
    <FilterField
      label="Metadata"
      placeholder="name=value"
      value={value}
      onApply={(text) => onApply(text?.replace(/^([^=:]+):/, "$1="))}
    />
  );
}
