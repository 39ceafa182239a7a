/** PyTorch eager beside the engine, on the same card, where Python has torch. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ModelConfig } from '../../src/engine/model/config.ts';
import { openModel, type StepCase, type StepTime, type TokenTime } from './models.ts';
import type { Aim, Bench, Findings } from './section.ts';

const lineSchema = z.union([
  z.object({ torch: z.string(), device: z.string() }),
  z.object({ key: z.string(), type: z.enum(['float32', 'bfloat16']), milliseconds: z.number() }),
  z.object({ key: z.string(), type: z.enum(['float32', 'bfloat16']), error: z.string() }),
  z.object({ error: z.string() }),
]);
type Line = z.infer<typeof lineSchema>;

const shapeOf = (config: ModelConfig) => ({
  hidden: config.hiddenSize,
  feedForward: config.feedForwardSize,
  layers: config.layers,
  heads: config.heads,
  groups: config.keyValueHeads,
  vocabulary: config.vocabularySize,
});

const tokenKey = (model: StepCase['model']): string => `${model}, a token`;
const stepKey = ({ model, stage }: StepCase): string => `${model}, stage ${stage + 1}`;

/** Runs the Python program until it ends or its time is over; the lines that it printed by then. */
function runPython(request: unknown, seconds: number): Promise<Line[] | null> {
  const folder = mkdtempSync(join(tmpdir(), 'medcare-proof-'));
  const file = join(folder, 'request.json');
  writeFileSync(file, JSON.stringify(request));
  const python = process.env['PYTHON'] ?? 'python3';
  const child = spawn(python, ['bench/proof/torch_peer.py', file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const timer = setTimeout(() => child.kill(), 1000 * Math.max(1, seconds));
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    const line = lineSchema.safeParse(value);
    if (line.success) lines.push(line.data);
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', () => {
      clearTimeout(timer);
      rmSync(folder, { recursive: true, force: true });
      resolve(lines.length > 0 ? lines : null);
    });
  });
}

/** What Python is asked to measure: each step and each model's token once, and one product. */
async function requestsFor(
  steps: readonly StepTime[],
  { small, product }: { readonly small: boolean; readonly product: string },
): Promise<unknown[]> {
  const requests: unknown[] = [];
  const asked = new Set<string>();
  for (const { of } of steps) {
    const key = stepKey(of);
    if (asked.has(key)) continue;
    asked.add(key);
    const shape = shapeOf((await openModel(of.model)).config);
    const { records, length, stage } = of;
    requests.push({ kind: 'step', key, shape, records, length, stage, rounds: 3 });
    if (stage === 0) requests.push({ kind: 'token', key: tokenKey(of.model), shape });
  }
  const { sizes, repeats } = productOf(small);
  return [...requests, { kind: 'product', key: product, sizes, repeats }];
}

const productOf = (small: boolean): { sizes: readonly number[]; repeats: number } =>
  small ? { sizes: [256, 512, 1024], repeats: 4 } : { sizes: [4096, 4096, 4096], repeats: 16 };

/** Milliseconds by key and type, as the lines give them. */
function timesIn(lines: readonly Line[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of lines) {
    if ('milliseconds' in line) found.set(`${line.key}/${line.type}`, line.milliseconds);
  }
  return found;
}

const cell = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? '' : `${milliseconds.toFixed(milliseconds < 100 ? 2 : 1)} ms`;

/** The steps that were measured, in PyTorch eager: float32 with TF32 off, and bfloat16. */
export async function besideTorch(
  { small, left }: Bench,
  { steps, tokens }: { readonly steps: readonly StepTime[]; readonly tokens: readonly TokenTime[] },
): Promise<Findings> {
  const product = `product ${productOf(small).sizes.join(' × ')}`;
  const requests = await requestsFor(steps, { small, product });
  const lines = await runPython({ device: small ? 'any' : 'gpu', requests }, left());
  if (!lines) {
    return { wrong: [], notes: ['Python with torch was not found: nothing to compare with'] };
  }
  const found = timesIn(lines);
  const ratioOf = (key: string, ours: number | undefined): number =>
    (ours ?? Number.NaN) / (found.get(`${key}/float32`) ?? Number.NaN);
  const row = (key: string, precision: string, ours?: number): string[] => {
    const ratio = ratioOf(key, ours);
    return [
      key,
      precision,
      ...[ours, found.get(`${key}/float32`), found.get(`${key}/bfloat16`)].map(cell),
      Number.isNaN(ratio) ? '' : `${ratio.toFixed(2)} ×`,
    ];
  };
  const aims = steps
    .filter(({ of }) => !small && of.precision === '16-bit' && of.stage === 0)
    .map(({ of, milliseconds }): Aim => {
      const what = `a step of ${of.model} beside PyTorch eager in float32`;
      const ratio = ratioOf(stepKey(of), milliseconds);
      return { what, found: ratio, wanted: 2, better: 'less', unit: 'times' };
    });
  const about = lines.flatMap((line) =>
    'torch' in line ? [`torch ${line.torch} on ${line.device}`] : [],
  );
  const errors = new Set(
    lines.flatMap((line) => ('error' in line ? [`torch: ${line.error}`] : [])),
  );
  return {
    wrong: [],
    notes: [...about, ...errors],
    // Without a card of PyTorch's there is nothing to compare with, and so no aim.
    aims: aims.filter((aim) => !Number.isNaN(aim.found)),
    tables: [
      {
        head: ['what', 'our weights', 'ours', 'torch float32', 'torch bfloat16', 'ours / float32'],
        rows: [
          ...steps.map(({ of, milliseconds }) => row(stepKey(of), of.precision, milliseconds)),
          ...tokens.map((one) => row(tokenKey(one.model), one.precision, one.milliseconds)),
          row(product, ''),
        ],
      },
    ],
    figures: lines,
  };
}
