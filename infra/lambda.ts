/**
 * What every function has in common, whoever makes it. Imported before the first function is made.
 *
 * Two things here undo a default of SST 4.17: a role that trusts the whole account even when deployed (it
 * tests a value that is always truthy), and a managed policy that may write to every log group.
 */
import { dropSources } from "./source-maps.ts";
import { stage } from "./this-stage.ts";
import { UNUSED_CREDENTIAL_SOURCES } from "./unused-credential-sources.ts";

/** Metrics of two stages in one account are told apart by their `service` dimension, which is this name. */
export const serviceName = `${$app.name}-${$app.stage}`;
export const metricsNamespace = "Homing";

$transform(sst.aws.Function, (args, _options, name) => {
  const logGroup = new aws.cloudwatch.LogGroup(`${name}Logs`, {
    name: `/aws/lambda/${serviceName}-${name}`,
    retentionInDays: stage.logRetentionDays,
  });

  args.runtime = "nodejs24.x";
  args.architecture = "arm64";
  args.logging = { format: "json", logGroup: logGroup.name };
  args.nodejs = { minify: true, sourcemap: true, esbuild: { external: [...UNUSED_CREDENTIAL_SOURCES] } };
  args.hook = { postbuild: dropSources };
  args.environment = {
    ...stage.environment,
    POWERTOOLS_SERVICE_NAME: serviceName,
    POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
    POWERTOOLS_LOG_LEVEL: stage.logLevel,
    // Under `sst dev` the debugger attaches through this variable, and SST asks for source maps itself.
    ...($dev ? {} : { NODE_OPTIONS: "--enable-source-maps" }),
  };
  args.permissions = $output(args.permissions ?? []).apply((permissions) => [
    ...permissions,
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [$interpolate`${logGroup.arn}:*`] },
  ]);
  args.transform = {
    ...args.transform,
    role: (role) => {
      role.managedPolicyArns = [];
      // Under `sst dev` the developer's own process assumes the role, so there the account stays trusted.
      if (!$dev)
        role.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" });
      return undefined;
    },
  };
});
