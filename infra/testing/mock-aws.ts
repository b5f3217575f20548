/** What AWS would answer, as far as the program uses it: identities, ARNs and policy documents. */

export const ACCOUNT = "123456789012";
export const REGION = "us-east-1";

type Values = Readonly<Record<string, unknown>>;

/** The attributes that AWS adds to a new resource. */
export function outputsOf(type: string, name: string, inputs: Values): Values {
  const physicalName = String(inputs.name ?? name);
  const arn = (service: string, path: string, region = REGION): string =>
    `arn:aws:${service}:${region}:${ACCOUNT}:${path}`;

  switch (type) {
    case "aws:dynamodb/table:Table":
      return { arn: arn("dynamodb", `table/${physicalName}`) };
    case "aws:sqs/queue:Queue":
      return {
        arn: arn("sqs", physicalName),
        url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${physicalName}`,
      };
    case "aws:lambda/function:Function":
      return { arn: arn("lambda", `function:${physicalName}`), publish: inputs.publish ?? false };
    case "aws:cloudwatch/logGroup:LogGroup":
      return { arn: arn("logs", `log-group:${physicalName}`) };
    case "aws:iam/role:Role":
      return { arn: arn("iam", `role/${physicalName}`, "") };
    case "aws:sns/topic:Topic":
      return { arn: arn("sns", physicalName) };
    case "aws:apigatewayv2/api:Api":
      return {
        apiEndpoint: `https://${name.toLowerCase()}.execute-api.${REGION}.amazonaws.com`,
        executionArn: arn("execute-api", name),
      };
    case "aws:apigatewayv2/domainName:DomainName":
      return {
        domainNameConfiguration: {
          ...(inputs.domainNameConfiguration as Values),
          targetDomainName: "regional.execute-api.test",
          hostedZoneId: "ZAPI",
        },
      };
    case "aws:acm/certificate:Certificate":
      return {
        arn: arn("acm", `certificate/${name}`),
        domainValidationOptions: [
          {
            domainName: inputs.domainName,
            resourceRecordName: `_check.${inputs.domainName}`,
            resourceRecordType: "CNAME",
            resourceRecordValue: "_answer.acm-validations.aws",
          },
        ],
      };
    case "aws:cloudfront/distribution:Distribution":
      return {
        arn: arn("cloudfront", `distribution/${name}`, ""),
        domainName: "d111111abcdef8.cloudfront.net",
        hostedZoneId: "ZCDN",
        etag: "E1",
      };
    case "aws:cloudfront/keyValueStore:KeyValueStore":
      return { arn: arn("cloudfront", `key-value-store/${name}`, "") };
    case "aws:cloudfront/function:Function":
      return { arn: arn("cloudfront", `function/${name}`, "") };
    case "aws:s3/bucket:Bucket":
      return {
        arn: `arn:aws:s3:::${inputs.bucket}`,
        bucketRegionalDomainName: `${inputs.bucket}.s3.${REGION}.amazonaws.com`,
      };
    case "random:index/randomBytes:RandomBytes":
      // 32 bytes, as AES-256 wants; the tests decrypt with it.
      return { base64: Buffer.alloc(32, 7).toString("base64") };
    case "pulumi-nodejs:dynamic:Resource":
      return { zoneId: "ZHOSTED", isDone: true };
    default:
      return {};
  }
}

/** @throws Error for a question that nobody has thought about. */
export function answerInvoke(token: string, inputs: Values): Values {
  switch (token) {
    case "aws:index/getRegion:getRegion":
      return { region: REGION, name: REGION, id: REGION };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/test`, id: ACCOUNT, userId: "test" };
    case "aws:iam/getPolicyDocument:getPolicyDocument": {
      const statements = (inputs.statements as Values[] | undefined) ?? [];
      return {
        id: "policy",
        statements,
        json: JSON.stringify({ Version: "2012-10-17", Statement: statements.map(policyStatement) }),
      };
    }
    default:
      throw new Error(`unexpected question to AWS: ${token}`);
  }
}

/** A statement in IAM's own spelling. */
function policyStatement(statement: Values): Values {
  const principals = statement.principals as { type: string; identifiers: string[] }[] | undefined;
  const conditions = statement.conditions as
    | { test: string; variable: string; values: string[] }[]
    | undefined;
  return {
    Effect: statement.effect ?? "Allow",
    Action: statement.actions,
    ...(statement.resources ? { Resource: statement.resources } : {}),
    ...(principals
      ? { Principal: Object.fromEntries(principals.map(({ type, identifiers }) => [type, identifiers])) }
      : {}),
    ...(conditions
      ? {
          Condition: Object.fromEntries(
            conditions.map(({ test, variable, values }) => [test, { [variable]: values }]),
          ),
        }
      : {}),
  };
}
