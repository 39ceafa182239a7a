/** Settings of the journeys: the built product in the system's Chromium, on its software adapter. */
import { defineConfig } from '@playwright/test';
import { chromiumFlags, findChromium } from '../scripts/adapters.mjs';

const PORT = Number(process.env['MEDCARE_E2E_PORT'] ?? 4319);
const executablePath = findChromium();
if (executablePath === undefined) {
  throw new Error(
    'No Chromium found. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.',
  );
}

/** Journeys through the built product in the system's Chromium, on its software adapter. */
export default defineConfig({
  testDir: '.',
  outputDir: '../build/e2e',
  // Each in a separate browser: a journey mostly waits for its page, which leaves one of two cores idle.
  workers: 2,
  fullyParallel: false,
  // The longest file first: begun last, it would keep one core waiting.
  projects: [
    { name: 'looks', testMatch: 'looks.spec.ts' },
    { name: 'journeys', testIgnore: 'looks.spec.ts' },
  ],
  forbidOnly: true,
  retries: 0,
  // These only end what hangs: how fast the machine is decides nothing.
  timeout: 1_800_000,
  expect: { timeout: 300_000 },
  reporter: process.env['MEDCARE_E2E_JSON']
    ? [['list'], ['json', { outputFile: process.env['MEDCARE_E2E_JSON'] }]]
    : [['list']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}/`,
    viewport: { width: 1440, height: 900 },
    // A journey looks at the page, not at how it is kept; offline.spec.ts allows them.
    serviceWorkers: 'block',
    // Without its moving pictures, which cost more than all the rest of a journey.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true },
    screenshot: 'only-on-failure',
    launchOptions: { executablePath, args: chromiumFlags() },
  },
  webServer: {
    command: `node scripts/start.mjs --no-build --port ${PORT}`,
    cwd: '..',
    url: `http://127.0.0.1:${PORT}/`,
    reuseExistingServer: false,
    timeout: 600_000,
  },
});
