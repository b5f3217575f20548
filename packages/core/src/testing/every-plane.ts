/** Text that a careless encoder loses: an emoji, one character of each of the 17 planes, and noncharacters. */
export const EVERY_PLANE = [
  "👩‍🚀",
  "\u0000\u0001\u001f\u007f\u0085\u2028\ufffd\ufffe\uffff",
  ...Array.from({ length: 17 }, (_, plane) => String.fromCodePoint(plane * 0x10000 + 0x2603)),
  ...Array.from({ length: 16 }, (_, plane) => String.fromCodePoint(plane * 0x10000 + 0x1ffff)),
].join("");
