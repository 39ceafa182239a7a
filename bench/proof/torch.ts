/** PyTorch eager beside the engine, on the same card, where Python has torch. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ModelConfig } from '../../src/engine/model/config.ts';
import { openModel, type StepCase, type StepTime } from './models.ts';
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

const keyOf = ({ model, stage }: StepCase): string => `${model}, stage ${stage + 1}`;

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

const cell = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? '' : `${milliseconds.toFixed(1)} ms`;

/** The steps that were measured, in PyTorch eager: float32 with TF32 off, and bfloat16. */
export async function besideTorch(bench: Bench, times: readonly StepTime[]): Promise<Findings> {
  const { small, left } = bench;
  const requests: unknown[] = [];
  const asked = new Set<string>();
  for (const { of } of times) {
    const key = keyOf(of);
    if (asked.has(key)) continue;
    asked.add(key);
    const { config } = await openModel(of.model);
    const { records, length, stage } = of;
    requests.push({ kind: 'step', key, shape: shapeOf(config), records, length, stage, rounds: 3 });
    if (stage === 0)
      requests.push({ kind: 'token', key: `${of.model}, a token`, shape: shapeOf(config) });
  }
  const sizes = small ? [256, 512, 1024] : [4096, 4096, 4096];
  requests.push({
    kind: 'product',
    key: `product ${sizes.join(' × ')}`,
    sizes,
    repeats: small ? 4 : 16,
  });
  const lines = await runPython({ device: small ? 'any' : 'gpu', requests }, left());
  if (!lines)
    return { wrong: [], notes: ['Python with torch was not found: nothing to compare with'] };
  const errors = lines.flatMap((line) => ('error' in line ? [line.error] : []));
  const about = lines.flatMap((line) =>
    'torch' in line ? [`torch ${line.torch} on ${line.device}`] : [],
  );
  const found = new Map<string, number>();
  for (const line of lines) {
    if ('milliseconds' in line) found.set(`${line.key}/${line.type}`, line.milliseconds);
  }
  const aims: Aim[] = [];
  const rows = times.map(({ of, milliseconds }) => {
    const single = found.get(`${keyOf(of)}/float32`);
    const ratio = single === undefined ? Number.NaN : milliseconds / single;
    if (single !== undefined && !small && of.precision === '16-bit' && of.stage === 0) {
      aims.push({
        what: `a step of ${of.model} beside PyTorch eager in float32`,
        ...{ found: ratio, wanted: 2, better: 'less', unit: 'times' },
      });
    }
    return [
      keyOf(of),
      of.precision,
      cell(milliseconds),
      cell(single),
      cell(found.get(`${keyOf(of)}/bfloat16`)),
      Number.isNaN(ratio) ? '' : `${ratio.toFixed(2)} ×`,
    ];
  });
  const others = [...new Set([...found.keys()].map((key) => key.replace(/\/[^/]*$/, '')))]
    .filter((key) => !asked.has(key))
    .map((key) => [
      key,
      '',
      '',
      ...['float32', 'bfloat16'].map((type) => {
        const milliseconds = found.get(`${key}/${type}`);
        return milliseconds === undefined ? '' : `${milliseconds.toFixed(3)} ms`;
      }),
      '',
    ]);
  return {
    wrong: [],
    notes: [...about, ...new Set(errors.map((error) => `torch: ${error}`))],
    aims,
    tables: [
      {
        head: ['what', 'our weights', 'ours', 'torch float32', 'torch bfloat16', 'ours / float32'],
        rows: [...rows, ...others],
      },
    ],
    figures: lines,
  };
}
