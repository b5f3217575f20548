/** What a function finds when Lambda starts it: variables and links, with stand-ins for everything secret. */

export const OPERATOR_KEY = "operator-key-of-the-benchmarks";

export function lambdaEnvironment(functionName: string): Record<string, string> {
  const link = (name: string, properties: object) => ({
    [`SST_RESOURCE_${name}`]: JSON.stringify(properties),
  });
  return {
    ...link("App", { name: "homing", stage: "bench" }),
    ...link("HomingTable", { name: "homing", type: "aws.dynamodb.Table" }),
    ...link("HomingQueue", { url: "https://sqs.us-east-1.amazonaws.com/123456789012/homing" }),
    ...link("HomingDeadLetterQueue", {
      url: "https://sqs.us-east-1.amazonaws.com/123456789012/homing-dead-letter",
    }),
    ...link("HomingOperatorKey", { value: OPERATOR_KEY }),
    ...link("HomingSigningMaster", { value: "signing-master-of-the-benchmarks" }),
    HOMING_VISIBILITY_TIMEOUT: "180s",
    HOMING_ALLOW_PRIVATE_TARGETS: "127.0.0.0/8",
    POWERTOOLS_SERVICE_NAME: "homing-bench",
    POWERTOOLS_METRICS_NAMESPACE: "Homing",
    POWERTOOLS_LOG_LEVEL: "INFO",
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "BENCH",
    AWS_SECRET_ACCESS_KEY: "unchecked",
    AWS_SESSION_TOKEN: "session",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    _HANDLER: "bundle.handler",
    TZ: ":UTC",
  };
}
