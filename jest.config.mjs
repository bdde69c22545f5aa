/** Unit tests run beside the code; `.int.` needs engines, `.story.` the whole system: each has its own project. */
const base = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      {
        sourceMaps: "inline",
        jsc: {
          target: "es2024",
          parser: { syntax: "typescript", explicitResourceManagement: true },
          experimental: { keepImportAttributes: true },
        },
        module: { type: "es6" },
      },
    ],
  },
  modulePathIgnorePatterns: ["<rootDir>/.trunkline"],
  transformIgnorePatterns: ["/node_modules/", "/packages/proto/gen/"],
};
const unit = {
  ...base,
  displayName: "unit",
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "\\.(int|story|browser)\\.test\\.ts$"],
};
const int = { ...base, displayName: "int", testMatch: ["**/*.int.test.ts"] };
const story = { ...base, displayName: "story", testMatch: ["**/*.story.test.ts"] };
const browser = { ...base, displayName: "browser", testMatch: ["**/*.browser.test.ts"] };
// No test depends on how fast the machine is: what hangs is ended, nothing else.
const testTimeout = 120_000;
export default { testTimeout, projects: [unit, int, story, browser] };
