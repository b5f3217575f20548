/** The host of endpoints that only a listener delivers to: by RFC 6761, section 6.4, it never resolves. */
export const LISTENED_HOST = "listen.invalid";

export function isForListeners({ url }: { readonly url: string }): boolean {
  return URL.parse(url)?.hostname === LISTENED_HOST;
}
