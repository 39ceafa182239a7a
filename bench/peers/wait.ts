/** Measures the time from navigation to the built-in model's first token, with bench/ui/page.mjs over the build. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const loads = 3;

export interface Wait {
  readonly loads: number;
  readonly readyMilliseconds: number;
  readonly firstTokenMilliseconds: number;
}

const figures = z.object({
  token: z.object({ ready_ms: z.number(), first_token_ms: z.number() }),
});

/** @returns null where there is no build in dist/ */
export async function measureWait(
  root: string,
  folder: string,
  log: (line: string) => void,
): Promise<Wait | null> {
  if (!existsSync(join(root, 'dist/index.html'))) {
    log('  page load to first token: left out, there is no build in dist/ (npm run build)');
    return null;
  }
  const file = join(folder, 'wait.json');
  const args = ['bench/ui/page.mjs', '--json', file, '--loads', '1', '--token-loads', `${loads}`];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    // It also fails when the page answers too late, which is another row's business.
    child.on('close', () => resolve());
  });
  const { token } = figures.parse(JSON.parse(await readFile(file, 'utf8')));
  const { ready_ms: readyMilliseconds, first_token_ms: firstTokenMilliseconds } = token;
  log(`  page load to first token: ${firstTokenMilliseconds.toFixed(0)} ms`);
  return { loads, readyMilliseconds, firstTokenMilliseconds };
}
