/// <reference path="./.sst/platform/config.d.ts" />

/**
 * The app's settings and the list of what is deployed; everything else is in infra/, one thing a file.
 * SST refuses imports at the top of this file, so each is awaited by name.
 */
export default $config({
  async app(input) {
    const { stageLifetime } = await import("./infra/stage.ts");
    return { name: "homing", home: "aws", ...stageLifetime(input.stage ?? "") };
  },
  async run() {
    const { stage } = await import("./infra/this-stage.ts");
    await import("./infra/lambda.ts");
    await import("./infra/table.ts");
    await import("./infra/queue.ts");
    await import("./infra/secrets.ts");
    await import("./infra/edge.ts");
    const { gateway } = await import("./infra/api.ts");
    await import("./infra/worker.ts");
    await import("./infra/dead-letter.ts");
    await import("./infra/reconciler.ts");
    const { dashboard } = await import("./infra/web.ts");
    const addresses = { api: gateway.url, dashboard: dashboard.url };
    if ($dev) {
      await import("./infra/receiver.ts");
      return addresses;
    }
    // Under `sst dev` the functions' metrics stay on the developer's machine: the alarms would see nothing.
    await import("./infra/monitoring.ts");
    await import("./infra/graphs.ts");
    const alarms = stage.alarmEmail
      ? `mailed to ${stage.alarmEmail}, once that subscription is confirmed`
      : "NOBODY IS TOLD: set HOMING_ALARM_EMAIL";
    return { ...addresses, alarms };
  },
});
