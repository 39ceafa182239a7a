/**
 * Prints what 100 million records on 64 GPUs need, for docs/scale.md: `npm run scale [-- --gpus N --records N]`.
 */
import { parseArgs } from 'node:util';
import { models, simulate, type Cluster, type Load, type Needs } from './simulate.ts';

/** H100 as data sheets have it, of which a run with records of unlike lengths reaches a third. */
const REACHED = 0.35 * 989e12;

function figures(needs: Needs): string[] {
  const { secondsComputing, secondsReducing, secondsGathering } = needs;
  const step = secondsComputing + secondsReducing + secondsGathering;
  const share = (seconds: number) => `${((100 * seconds) / step).toFixed(1)} %`;
  return [
    `${(needs.trainable / 1e6).toFixed(0)} M`,
    needs.steps.toLocaleString('en'),
    `${step.toFixed(2)} s`,
    ((needs.steps * step) / 86_400).toFixed(1),
    `${(needs.bytesRead / step / 1e6).toFixed(2)} MB`,
    `${(needs.bytesReduced / 1e6).toFixed(0)} MB`,
    share(secondsReducing),
    share(secondsGathering),
    `${(100 * needs.filled).toFixed(0)} %, ${(100 * needs.busy).toFixed(0)} %`,
  ];
}

export function main(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: {
      gpus: { type: 'string', default: '64' },
      records: { type: 'string', default: '100000000' },
      batch: { type: 'string', default: '4096' },
    },
  });
  const cluster: Cluster = {
    ...{ gpus: Number(values.gpus), gpusOfNode: 8, network: 100e9, within: 300e9 },
    reached: REACHED,
  };
  const head =
    '| model | stage | base | trained | steps | a step | days | read a second | reduced a step | reducing | gathering | rows filled, GPUs busy |';
  console.log(`${head}\n|${'---|'.repeat(12)}`);
  for (const [name, config] of Object.entries(models)) {
    for (const stage of [0, 1]) {
      for (const sharded of [false, true]) {
        const load: Load = {
          ...{ records: Number(values.records), batch: Number(values.batch), sharded },
          ...{ microBatchTokens: 8192, median: 300, spread: 0.8, maxLength: 2048 },
        };
        const base = sharded ? 'sharded' : 'whole';
        const cells = figures(simulate(config, stage, [cluster, load]));
        console.log(`| ${[name, String(stage + 1), base, ...cells].join(' | ')} |`);
      }
    }
  }
  return 0;
}
