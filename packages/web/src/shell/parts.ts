/** What the dashboard and the portal have in common: the screens that come on demand. */
import { lazyPart } from "../ui/lazy-part.tsx";

export const Messages = lazyPart("The list of messages", () =>
  import("../messages/messages.tsx").then((m) => m.Messages),
);
export const MessagePage = lazyPart("The page of the message", () =>
  import("../message/message-page.tsx").then((m) => m.MessagePage),
);
export const Endpoints = lazyPart("The list of endpoints", () =>
  import("../endpoints/endpoints.tsx").then((m) => m.Endpoints),
);
export const EndpointPage = lazyPart("The page of the endpoint", () =>
  import("../endpoint/endpoint-page.tsx").then((m) => m.EndpointPage),
);
export const EndpointForm = lazyPart("The form of the endpoint", () =>
  import("../endpoint-form/endpoint-form-page.tsx").then((m) => m.EndpointFormPage),
);
export const Events = lazyPart("The list of events", () =>
  import("../events/events.tsx").then((m) => m.Events),
);
export const EventPage = lazyPart("The page of the event", () =>
  import("../event/event-page.tsx").then((m) => m.EventPage),
);
export const Compose = lazyPart("The form of the message", () =>
  import("../compose/compose-page.tsx").then((m) => m.ComposePage),
);
export const Lanes = lazyPart("The lanes", () => import("../lanes/lanes.tsx").then((m) => m.Lanes));
