/**
 * Turns records into tokens in a browser, with the product's worker and pool. `tokenise.mjs` serves this page
 * and calls it; see there for what the figures mean.
 */
import { quickRecipe } from '../../src/engine/training/recipe/presets.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import { BUILT_IN_TEMPLATES } from '../../src/text/template/chat-template.ts';
import { worker } from '../../src/worker/client.ts';
import { localChannel } from '../../src/worker/tokens/token-channel.ts';
import type { TokenChannel } from '../../src/worker/tokens/token-channel.ts';
import { TokenPool } from '../../src/worker/tokens/token-pool.ts';
import type { EncoderSource } from '../../src/worker/tokens/token-pool.ts';

const modelId = 'medcare-nano';
const words =
  'patient presents with acute chest pain radiating to the left arm and mild dyspnoea after exertion treated with aspirin heparin and beta blockers the echocardiogram shows reduced ejection fraction in a woman aged 64 who takes metformin for type 2 diabetes'.split(
    ' ',
  );

/** Some 100 words that differ from record to record. */
function text(index: number, count: number): string {
  let state = index * 2654435761 + 1;
  const chosen: string[] = [];
  for (let i = 0; i < count; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    chosen.push(words[state % words.length] ?? '');
  }
  return `${chosen.join(' ')} ${index}.`;
}

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: text(index, 70) },
        { role: 'assistant', content: text(index + 7, 30) },
      ],
    }),
  );
}

async function publicText(path: string): Promise<string> {
  return (await fetch(new URL(`../../${path}`, document.baseURI))).text();
}

async function encoder(): Promise<EncoderSource> {
  const folder = `models/${modelId}`;
  const [tokenizerJson, tokenizerConfigJson, generationConfigJson] = await Promise.all([
    publicText(`${folder}/tokenizer.json`),
    publicText(`${folder}/tokenizer_config.json`),
    publicText(`${folder}/generation_config.json`),
  ]);
  const tokenizer = { tokenizerJson, tokenizerConfigJson, generationConfigJson };
  const template = BUILT_IN_TEMPLATES.chatml;
  return { key: 'bench', files: async () => ({ key: 'bench', tokenizer, template, now: 0 }) };
}

/** Tokens per second with `size` workers, or on this thread with none. */
async function poolSpeed(size: number, count: number): Promise<number> {
  const spawn = (): TokenChannel =>
    new Worker(new URL('../../src/worker/tokens/token-worker.ts', import.meta.url), {
      type: 'module',
    });
  const pool = new TokenPool(size === 0 ? localChannel : spawn, Math.max(1, size));
  const source = await encoder();
  const all = lines(count).map((line) => `${line}\n`);
  const run = async (from: number, to: number): Promise<number> => {
    const bytes = new TextEncoder().encode(all.slice(from, to).join(''));
    const output = await pool.run(source, {
      what: 'records',
      rules: { labels: 'assistant' },
      lines: bytes,
    });
    return output.what === 'records' ? output.words.length : 0;
  };
  // Every worker has its tokenizer, and its code is warm.
  await Promise.all(Array.from({ length: 2 * Math.max(1, size) }, () => run(0, 64)));
  const start = performance.now();
  const jobs: Promise<number>[] = [];
  for (let from = 0; from < count; from += 64) jobs.push(run(from, from + 64));
  const tokens = (await Promise.all(jobs)).reduce((sum, part) => sum + part, 0);
  const seconds = (performance.now() - start) / 1000;
  pool.close();
  return tokens / seconds;
}

/** One stage in small batches: a software adapter shall not take longer than what is measured. */
function recipe(): Recipe {
  const quick = quickRecipe();
  return {
    ...quick,
    stages: quick.stages.slice(0, 1),
    batch: { records: 2, microBatchTokens: 256, maxLength: 256 },
    validation: { fraction: 0.05, maxRecords: 4, everySteps: 0 },
  };
}

interface Waits {
  readonly imported: number;
  readonly prepared: number;
  readonly first: number;
  readonly counted: number | null;
}

/**
 * Milliseconds of a set's import, from Start until the run has its records and until its first step's
 * figures, and, if `counted`, before all that of its lengths on the Data page.
 */
async function firstStep(count: number, counted: boolean): Promise<Waits> {
  let start = performance.now();
  const file = new File([lines(count).join('\n')], `set-${count}-${String(counted)}.jsonl`);
  const [set] = await worker.call('data.import', { files: [file], task: 'import' });
  if (!set) throw new Error('the set was not imported');
  await worker.call('data.setKind', { id: set.id, kind: 'alignment' });
  const imported = performance.now() - start;
  let seconds: number | null = null;
  if (counted) {
    start = performance.now();
    const labels = 'assistant' as const;
    const view = { modelId, labels, maxLength: 256, all: true, task: 'lengths' };
    await worker.call('data.histogram', { id: set.id, ...view });
    seconds = performance.now() - start;
  }
  await worker.call('device.open', {});
  start = performance.now();
  let prepared = Number.NaN;
  const stepped = new Promise<number>((resolve) => {
    worker.subscribe((event) => {
      const waited = performance.now() - start;
      if (event.type === 'runs.changed' && event.run.state === 'preparing') prepared = waited;
      if (event.type === 'runs.steps') resolve(waited);
    });
  });
  const run = await worker.call('runs.start', {
    name: 'bench',
    modelId,
    dataSetIds: [set.id],
    recipe: recipe(),
  });
  const first = await stepped;
  await worker.call('runs.remove', { id: run.id });
  await worker.call('data.remove', { id: set.id });
  return { imported, prepared, first, counted: seconds };
}

declare global {
  interface Window {
    readonly poolSpeed: typeof poolSpeed;
    readonly firstStep: typeof firstStep;
  }
}

Object.assign(window, { poolSpeed, firstStep });
