/** The parts of undici that are used. Its index loads ninety files more, which every start would wait for. */
declare module "undici/lib/dispatcher/client.js" {
  export { Client as default } from "undici";
}

declare module "undici/lib/core/errors.js" {
  export { errors as default } from "undici";
}
