import * as v from "valibot";

export const MAX_CHANNELS = 10;

/** Which part of a sender an event is about, such as a project: beside the event's type, and independent of it. */
export const channelsSchema = v.pipe(
  v.array(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9._:+-]{1,128}$/, "must be 1 to 128 of A-Z a-z 0-9 . _ : + -")),
    "must be an array of channels",
  ),
  v.minLength(1, "must hold at least one channel, or be left out"),
  v.maxLength(MAX_CHANNELS, `must hold at most ${MAX_CHANNELS} channels`),
);
