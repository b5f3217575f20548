/** A place in the lane: a message, and its round. As one number; 0 is none. */
const ROUNDS = 2;

export function placeOf(message: number, round: number): number {
  return message * ROUNDS + round + 1;
}

export function messageAt(place: number): number {
  return Math.floor((place - 1) / ROUNDS);
}

export function roundAt(place: number): number {
  return (place - 1) % ROUNDS;
}

export function tellPlace(place: number): string {
  if (!place) return "-";
  return `m${messageAt(place)}${roundAt(place) ? " (again)" : ""}`;
}

/** A copy in the queue, as one number: whose, and the attempt it starts. */
const ATTEMPTS = 16;

export interface Copy {
  readonly message: number;
  readonly attempt: number;
}

export function encodeCopy({ message, attempt }: Copy): number {
  return (message + 1) * ATTEMPTS + attempt;
}

export function decodeCopy(code: number): Copy {
  return { message: Math.floor(code / ATTEMPTS) - 1, attempt: code % ATTEMPTS };
}
