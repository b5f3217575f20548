import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `npm run dev` finds the API: the local stack. */
const LOCAL_API = `http://127.0.0.1:${process.env.PORT || "3000"}`;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  css: { transformer: "lightningcss" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // light-dark(), nesting and :has() as written, instead of rewritten for browsers of 2022.
    target: ["chrome123", "firefox128", "safari17.5"],
    // What comes on demand needs little besides itself: asking for all of it at once costs more code than it saves.
    modulePreload: false,
    // One style sheet: what is loaded later can then fail for one reason only, and be tried again.
    cssCodeSplit: false,
    cssMinify: "lightningcss",
    // What the first screen needs in one file: it compresses better than in pieces that others share.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "shell", tags: ["$initial"] }] } } },
    // Data URLs would need more than 'self' in the content security policy.
    assetsInlineLimit: 0,
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: {
      "/v1": { target: LOCAL_API, changeOrigin: true },
      "/docs": { target: LOCAL_API, changeOrigin: true },
    },
  },
});
