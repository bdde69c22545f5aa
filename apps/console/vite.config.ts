import { defineConfig } from "vite";

const GATEWAY = "http://127.0.0.1:8080";

/** `npm run dev -w apps/console` serves the sources beside a running `npm start`. */
export default defineConfig({
  build: {
    rolldownOptions: {
      // Mantine marks its files for servers, which we are not.
      onwarn: (warning, warn) => warning.code !== "MODULE_LEVEL_DIRECTIVE" && warn(warning),
    },
    target: "es2024",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
  },
  server: { port: 5173, proxy: { "^/(console\\.json|trunkline\\..*)": { target: GATEWAY } } },
});
