import { gateway } from "./api.ts";
import { dashboardOrigin, edge } from "./edge.ts";

/** What API Gateway serves on the dashboard's origin. Everything else is the dashboard. */
const API_PATHS = ["/v1", "/docs"];

export const dashboard = new sst.aws.StaticSite("Dashboard", {
  path: "packages/web",
  build: { command: "npm run build", output: "dist" },
  environment: { VITE_API_URL: edge ? dashboardOrigin : gateway.url, VITE_STAGE: $app.stage },
  assets: {
    fileOptions: [
      { files: "**", cacheControl: "no-cache" },
      // Vite names these after their contents; the rest keeps its name when it changes.
      { files: "assets/**", cacheControl: "max-age=31536000,public,immutable" },
    ],
  },
  ...(edge ? { router: { instance: edge } } : {}),
  dev: { title: "Dashboard", command: "npm run dev", url: dashboardOrigin },
});

for (const path of edge ? API_PATHS : []) edge?.route(path, gateway.url);
