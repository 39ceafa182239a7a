/**
 * Runs golden cases and prints, for each, the largest error of every quantity against its bound.
 *
 *   npm run parity -- [--verbose] [--float16] <case folder>…
 *
 * `--float16` multiplies in float16, whose bounds are wider.
 * Exit code 0 when every bound holds. A case is a folder laid out as test/fixtures/golden/README.md says.
 */
import type { Gpu } from '../src/engine/gpu/device.ts';
import { withOwnDevice } from './device.ts';
import { runGoldenCase } from './parity/golden-case.ts';

export async function main(args: readonly string[]): Promise<number> {
  const verbose = args.includes('--verbose');
  const float16 = args.includes('--float16');
  const folders = args.filter((arg) => !arg.startsWith('--'));
  if (folders.length === 0) {
    console.error(
      'Name at least one case folder: npm run parity -- test/fixtures/golden/odd-sizes',
    );
    return 2;
  }
  return withOwnDevice((gpu) => runCases(gpu, folders, { verbose, float16 }));
}

/** Prints the errors of every case. @returns the exit code */
async function runCases(
  gpu: Gpu,
  folders: readonly string[],
  { verbose, float16 }: { readonly verbose: boolean; readonly float16: boolean },
): Promise<number> {
  console.log(`adapter: ${gpu.adapter.description || gpu.adapter.device} (${gpu.adapter.vendor})`);
  let exceeded = 0;
  for (const folder of folders) {
    console.log(`\n${folder}`);
    const started = performance.now();
    const findings = await runGoldenCase(gpu, folder, {
      products: float16 ? 'float16' : 'float32',
      ...(verbose ? { log: console.log } : {}),
    });
    for (const { quantity, error, bound, detail } of findings) {
      const holds = error <= bound;
      if (!holds) exceeded += 1;
      const figures = `${error.toExponential(2).padStart(9)}  of ${bound.toExponential(0).padStart(6)}`;
      console.log(`  ${holds ? 'ok  ' : 'OVER'} ${quantity.padEnd(28)} ${figures}  ${detail}`);
    }
    console.log(`  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  console.log(exceeded === 0 ? '\nevery bound holds' : `\n${exceeded} bounds exceeded`);
  return exceeded === 0 ? 0 : 1;
}
