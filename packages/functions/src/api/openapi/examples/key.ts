/** Keys, in the examples of the document. */

const key = {
  keyId: "4w8t2m9qxk",
  senderId: "acme",
  scopes: ["send", "read"],
  name: "billing",
  createdAt: "2026-11-22T01:00:00.000Z",
};

export const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwTqmT7hZx3Ls=";

export const KEY_EXAMPLES = {
  createKey: { senderId: "acme", scopes: ["send", "read"], name: "billing" },
  createdKey: {
    ...key,
    key: "hk_4w8t2m9qxk_…the secret, shown once…",
    signingSecret: secret,
  },
  ownKey: { keyId: key.keyId, senderId: key.senderId, scopes: key.scopes, name: key.name },
  keyList: { items: [key] },
  revokedKey: { ...key, revokedAt: "2026-11-22T02:00:00.000Z" },
  rotatedSender: { senderId: "acme", signingSecret: secret, previousValidUntil: "2026-11-23T01:30:00.000Z" },
  portalInput: { senderId: "acme", expiresIn: "1h" },
  portalLink: {
    url: "https://homing.example.com/portal#key=hk_4w8t2m9qxk_…the secret, shown once…",
    expiresAt: "2026-11-22T02:30:00.000Z",
  },
};
