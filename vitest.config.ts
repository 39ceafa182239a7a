import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { chooseImplementation, driverEnv, implementationHere } from './scripts/adapters.mjs';
import { aliases } from './scripts/run-ts.mjs';

// Resolved here, once, so that `npx vitest run some.gpu.test.ts` needs no environment of its own.
// The variables reach the forked test processes before WebGPU is used in them.
const env = driverEnv();
if (chooseImplementation() !== implementationHere()) {
  throw new Error(
    'MEDCARE_WEBGPU: this is another implementation (wgpu: npm run gpu:wgpu -- FILE)',
  );
}

const NO_UNIT = ['**/*.gpu.test.ts', 'test/firefox/**'];
/**
 * Unit tests with a process each: of pages and their stores, which keep what they are told, and those that replace a
 * module, a global or the clock (vi). The others share theirs, and with it what they import, which takes longer to
 * load than most of them take to run.
 */
const APART = ['src', 'test', 'scripts']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => /\.test\.tsx?$/.test(file) && !file.endsWith('.gpu.test.ts'))
  .filter(
    (file) =>
      /^src\/(studio|views)\//.test(file) ||
      /\bvi\b[^;]* from 'vitest'/.test(readFileSync(file, 'utf8')),
  );
/** These only end what hangs: how fast the machine is decides nothing. */
const PATIENCE = { testTimeout: 600_000, hookTimeout: 600_000 };

export default defineConfig({
  resolve: { alias: aliases },
  test: {
    // Two files at a time: the software drivers use every core themselves.
    maxWorkers: 2,
    pool: 'forks',
    // What is waited for comes when it comes; this only ends what hangs.
    expect: { poll: { timeout: 300_000 } },
    setupFiles: ['test/typed-arrays.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,test,scripts}/**/*.test.{ts,tsx}'],
          exclude: [...NO_UNIT, ...APART],
          environment: 'node',
          isolate: false,
          ...PATIENCE,
        },
      },
      {
        extends: true,
        test: {
          name: 'unit-apart',
          include: APART,
          exclude: NO_UNIT,
          environment: 'node',
          ...PATIENCE,
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          include: ['{src,test}/**/*.gpu.test.ts'],
          environment: 'node',
          env,
          // Files share their process, and with it the device under test and its pipelines.
          isolate: false,
          testTimeout: 1_200_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'firefox',
          include: ['test/firefox/**/*.test.ts'],
          environment: 'node',
          env,
          testTimeout: 1_200_000,
          hookTimeout: 600_000,
          // Each goes on where the one before it ended.
          bail: 1,
        },
      },
    ],
  },
});
