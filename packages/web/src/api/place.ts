/**
 * Whether this is the portal: the dashboard of one sender, for its own people, perhaps in a frame. By the path as it
 * was asked for: the server, which lets others frame the portal alone, looks at it in the same way.
 */
export const IS_PORTAL = /^\/portal(?:\/|$)/.test(location.pathname);
