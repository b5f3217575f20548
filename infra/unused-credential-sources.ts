/**
 * Lambda hands a function its credentials in the environment, where the SDK looks first. These other sources are
 * only imported if nothing is found there; they would make up 140 kB of each bundle.
 */
export const UNUSED_CREDENTIAL_SOURCES = [
  "@aws-sdk/credential-provider-http",
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-web-identity",
  "@smithy/credential-provider-imds",
] as const;
