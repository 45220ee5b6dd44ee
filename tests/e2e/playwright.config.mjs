// End-to-end tests: a real Chromium, the built SDK and the built server. `npx playwright test -c tests/e2e`.
// Counts for machines are in test-results/e2e.json.
import { defineConfig } from '@playwright/test';

/** What takes long, and what a second browser repeats, is left to CI. */
const whole = Boolean(process.env.CI);

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  grepInvert: whole ? [] : /@long/,
  outputDir: '../../test-results/e2e',
  timeout: 40_000,
  expect: { timeout: 10_000 },
  fullyParallel: true,
  workers: Number(process.env.E2E_WORKERS ?? 2),
  forbidOnly: whole,
  reporter: [['list'], ['json', { outputFile: '../../test-results/e2e.json' }]],
  use: {
    trace: 'off',
    // The worker that keeps the demo pages would answer in place of a route; its own tests let it in.
    serviceWorkers: 'block',
  },
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: {
          executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
          args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
          ],
        },
      },
    },
    {
      name: 'firefox',
      // Pages are halted through Chromium's own protocol.
      grepInvert: whole ? /@chromium/ : /@chromium|@long/,
      testMatch: whole
        ? ['proxy', 'offline', 'signals', 'workers', 'tabs', 'followers'].map((name) => `${name}.spec.mjs`)
        : 'offline.spec.mjs',
      use: {
        browserName: 'firefox',
        channel: 'moz-firefox',
        launchOptions: { executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr' },
      },
    },
  ],
});
