/** The icons of what comes on demand. */
import { Icon } from "./icons.tsx";

export const RetryIcon = () => (
  <Icon>
    <path d="M13 8a5 5 0 1 1-1.5-3.55L13 6M13 2.75V6H9.75" />
  </Icon>
);

export const CancelIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.5" />
    <path d="m4.2 4.2 7.6 7.6" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect x="5.75" y="5.75" width="7.5" height="7.5" rx="1.5" />
    <path d="M10.25 3.5v-.25a1 1 0 0 0-1-1h-5.5a1 1 0 0 0-1 1v5.5a1 1 0 0 0 1 1H4" />
  </Icon>
);

export const ArrowUpIcon = () => (
  <Icon>
    <path d="M8 12.75v-9.5M4 7l4-4 4 4" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M13 8H3M7 4 3 8l4 4" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);

export const SkipIcon = () => (
  <Icon>
    <path d="M3.5 3.75v8.5L9.5 8l-6-4.25ZM12.5 3.75v8.5" />
  </Icon>
);
