/** The producer of the soak's events: they go to several endpoints, of which one fails at first and one answers late. */
import type { EventView } from "@homing/functions/api/answers/event";
import type { MessageView } from "@homing/functions/api/answers/message";
import type { Entry } from "./account.ts";
import type { Treatment } from "./target.ts";

/** An endpoint each. */
const TREATMENTS: readonly Treatment[] = ["accept", "failTwice", "answerLate"];
/** None of the messages' own, so that nothing but events comes to it. */
const SENDER = "soak-events";

/** Calls that are repeated until they are answered. */
interface Api {
  untilAnswered(
    method: "GET" | "POST",
    path: string,
    isAnswer: (status: number) => boolean,
    call?: {
      readonly body?: object;
      readonly idempotencyKey?: string;
      readonly onBody?: (body: { readonly eventId?: string }) => void;
    },
  ): Promise<{ status: number; body: unknown }>;
  read(messageId: string): Promise<MessageView>;
}

export interface SentEvent {
  readonly number: number;
  /** Ids that answers named; more than one would be a doubled event. */
  readonly eventIds: Set<string>;
}

export class EventTraffic {
  readonly sent: SentEvent[] = [];
  readonly #api: Api;
  readonly #targetUrl: string;

  constructor(api: Api, targetUrl: string) {
    this.#api = api;
    this.#targetUrl = targetUrl;
  }

  async createEndpoints(): Promise<void> {
    for (const treatment of TREATMENTS) {
      const body = {
        senderId: SENDER,
        url: `${this.#targetUrl}/${treatment}/endpoint`,
        eventTypes: ["soak.*"],
      };
      const call = { body, idempotencyKey: `soak-${treatment}` };
      await this.#api.untilAnswered(
        "POST",
        "/v1/endpoints",
        (status) => status === 201 || status === 200,
        call,
      );
    }
  }

  async send(number: number): Promise<void> {
    const sent: SentEvent = { number, eventIds: new Set() };
    this.sent.push(sent);
    await this.#api.untilAnswered("POST", "/v1/events", (status) => status === 202 || status === 200, {
      body: { senderId: SENDER, eventType: "soak.event", body: { number } },
      idempotencyKey: `soak-event-${number}`,
      onBody: ({ eventId }) => {
        if (eventId !== undefined) sent.eventIds.add(eventId);
      },
    });
  }

  /** Events whose messages are not all there yet. */
  async unexpanded(): Promise<number> {
    const events = await Promise.all(this.sent.map((one) => this.#read(one)));
    return events.filter(({ status }) => status === "PENDING").length;
  }

  /** Each event at each endpoint, as the account wants it; and what is wrong with events themselves. */
  async account(
    answers: ReadonlyMap<string, readonly number[]>,
  ): Promise<{ entries: Entry[]; problems: string[] }> {
    const entries: Entry[] = [];
    const problems: string[] = [];
    for (const one of this.sent) {
      const { number, eventIds } = one;
      const event = await this.#read(one);
      const treatments = event.messages.map(({ targetUrl = "" }) => treatmentOf(targetUrl));
      if (eventIds.size !== 1) problems.push(`event ${number}: its key made ${eventIds.size} events`);
      if (event.status !== "EXPANDED") problems.push(`event ${number}: is ${event.status}`);
      if ([...treatments].sort().join() !== [...TREATMENTS].sort().join())
        problems.push(`event ${number}: went to ${treatments.join(", ")}`);
      for (const { messageId, targetUrl = "" } of event.messages) {
        const treatment = treatmentOf(targetUrl);
        const message: MessageView = await this.#api.read(messageId);
        entries.push({
          number,
          treatment,
          cancelConfirmed: false,
          messageIds: [messageId],
          message,
          answers: answers.get(`${event.eventId} ${treatment}`) ?? [],
        });
      }
    }
    return { entries, problems };
  }

  async #read({ eventIds }: SentEvent): Promise<EventView> {
    const [eventId = ""] = eventIds;
    const { body } = await this.#api.untilAnswered(
      "GET",
      `/v1/events/${eventId}`,
      (status) => status === 200,
    );
    return body as EventView;
  }
}

function treatmentOf(targetUrl: string): Treatment {
  return new URL(targetUrl).pathname.split("/")[1] as Treatment;
}
