/** Opens a run archive without trusting it: everything is checked before any of it is used. */
import type { ModelConfig } from '../engine/model/config.ts';
import { StudioError } from '../faults/fault.ts';
import { isSafePath, openZip } from '../formats/files/archive.ts';
import type { ByteSource } from '../formats/files/byte-source.ts';
import { parseJson, parseJsonObject } from '../formats/texts/json.ts';
import type { StoredGrowth, StoredRouting, StoredStep } from './run-parts.ts';
import { checkBranchFiles, checkCheckpoint } from './archive-check.ts';
import {
  parseEarlierMetrics,
  parseGrowth,
  parseRouting,
  parseStep,
  parseValidation,
} from './archive-curves.ts';
import {
  ANSWERS,
  bestPath,
  CHECKPOINT,
  EARLIER_MANIFEST,
  GROWTH,
  invalidArchive,
  KNOWN_FILE,
  MANIFEST,
  METRICS,
  PAIRS,
  ROUTING,
  stagePath,
  stepsPath,
  VALIDATION,
} from './archive-files.ts';
import { parseAnswers, type AnswerEnds } from './archive-answers.ts';
import { parsePairs } from './archive-pairs.ts';
import { parseEarlierManifest, parseManifest, type Manifest } from './archive-manifest.ts';
import type { ValidationPoint } from '../contract/runs.ts';

/** Largest text in an archive, unpacked: one part of the curves has 8 MB, the other texts far less. */
const TEXT_BYTES = 64_000_000;
const STEPS_AT_ONCE = 500;

/** An archive with a valid manifest; its parts are read on request. */
export interface OpenArchive {
  readonly manifest: Manifest;
  /** All steps in order, some at a time. */
  steps(): AsyncIterable<readonly StoredStep[]>;
  validation(): Promise<readonly ValidationPoint[]>;
  routing(): Promise<StoredRouting | null>;
  growth(): Promise<readonly StoredGrowth[]>;
  pairs(): Promise<ReturnType<typeof parsePairs>>;
  /** How sample answers ended; empty where that is not known. */
  answers(): Promise<readonly AnswerEnds[]>;
  /** Branch files of the stages, and of their best steps as the manifest lists them. */
  readonly stages: readonly ByteSource[];
  readonly best: readonly ByteSource[];
  readonly checkpoint: ByteSource | null;
}

/** Files of the one folder that an archive holds, each read once. */
class Files {
  readonly #files: Map<string, ByteSource>;

  constructor(zip: ReadonlyMap<string, ByteSource>) {
    const manifests = [...zip.keys()].filter((path) => {
      const parts = path.split('/');
      const name = parts.at(-1) ?? '';
      return parts.length <= 2 && (name === MANIFEST || name === EARLIER_MANIFEST);
    });
    const [first] = manifests;
    if (first === undefined || manifests.length > 1) {
      throw invalidArchive('', MANIFEST, {
        reason: first === undefined ? 'missing' : 'twice',
      });
    }
    const folder = first.slice(0, first.lastIndexOf('/') + 1);
    this.#files = new Map();
    for (const [path, source] of zip) {
      const name = path.slice(folder.length);
      if (!path.startsWith(folder) || !KNOWN_FILE.test(name) || !isSafePath(path)) {
        throw invalidArchive(path, path, { reason: 'unknown-file' });
      }
      this.#files.set(name, source);
    }
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** Hands a file over, so that its unpacked bytes live no longer than their reader. */
  take(path: string): ByteSource {
    const source = this.#files.get(path);
    if (!source) throw invalidArchive(path, path, { reason: 'missing' });
    this.#files.delete(path);
    return source;
  }

  async text(path: string): Promise<string> {
    const source = this.take(path);
    if (source.size > TEXT_BYTES) throw invalidArchive(path, path, { reason: 'too-large' });
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.size));
    } catch (thrown) {
      if (thrown instanceof StudioError) throw thrown;
      throw invalidArchive(path, path, { reason: 'not-text' });
    }
  }
}

/**
 * Opens an archive and checks everything except weights and curves.
 * @throws StudioError `archive-…`, `run-archive-…`, `json-…`, `recipe-invalid`, `safetensors-…`
 */
export async function openArchive(source: ByteSource): Promise<OpenArchive> {
  const files = new Files(await openZip(source, { entryBytes: TEXT_BYTES }));
  if (!files.has(MANIFEST)) return openEarlier(files);
  const manifest = parseManifest(parseJsonObject(await files.text(MANIFEST), { name: MANIFEST }));
  const stages = manifest.stages.map(({ bytes }, stage) =>
    sized(files.take(stagePath(stage)), bytes),
  );
  if (stages.length > manifest.run.recipe.stages.length) {
    throw invalidArchive(MANIFEST, 'stages', { reason: 'more-stages' });
  }
  const checkpoint =
    manifest.checkpoint && sized(files.take(CHECKPOINT), manifest.checkpoint.bytes);
  if (manifest.checkpoint && manifest.checkpoint.stage !== stages.length) {
    throw invalidArchive(MANIFEST, 'checkpoint.stage', { reason: 'earlier-stages-missing' });
  }
  const best = manifest.best.map(({ stage, bytes, sha256 }) => {
    // A best step needs the branches of the stages before it.
    if (stage > stages.length || stage >= manifest.run.recipe.stages.length) {
      throw invalidArchive(MANIFEST, 'best.stage', { reason: 'earlier-stages-missing' });
    }
    const last = stages[stage];
    const path = bestPath(stage);
    // Bytes that a best step shares with the end of its stage are there once.
    if (!files.has(path) && last && sha256 === manifest.stages[stage]?.sha256) return last;
    return sized(files.take(path), bytes);
  });
  return {
    manifest,
    stages,
    best,
    checkpoint,
    growth: async () => (files.has(GROWTH) ? parseGrowth(parseJson(await files.text(GROWTH))) : []),
    pairs: async () => (files.has(PAIRS) ? parsePairs(parseJson(await files.text(PAIRS))) : []),
    answers: async () =>
      files.has(ANSWERS) ? parseAnswers(parseJson(await files.text(ANSWERS))) : [],
    steps: () => readSteps(files, manifest),
    validation: async () => parseValidation(parseJson(await files.text(VALIDATION))),
    routing: async () =>
      files.has(ROUTING) ? countsOf(parseRouting(parseJson(await files.text(ROUTING)))) : null,
  };
}

async function openEarlier(files: Files): Promise<OpenArchive> {
  const json = parseJsonObject(await files.text(EARLIER_MANIFEST), { name: EARLIER_MANIFEST });
  const { manifest, routing } = parseEarlierManifest(json);
  const curves = parseEarlierMetrics(await files.text(METRICS));
  const stages: ByteSource[] = [];
  while (files.has(stagePath(stages.length))) {
    stages.push(files.take(stagePath(stages.length)));
  }
  return {
    manifest,
    stages,
    best: [],
    checkpoint: null,
    growth: async () => [],
    pairs: async () => [],
    answers: async () => [],
    steps: async function* () {
      yield curves.steps;
    },
    validation: async () => curves.validation,
    routing: async () => routing,
  };
}

/** @throws StudioError `run-archive-invalid` where the counts do not match the stated experts */
function countsOf(routing: StoredRouting): StoredRouting {
  const { experts, active, counts } = routing;
  const whole = counts.every(
    ({ pairs, weights }) => pairs.length === experts * experts && weights.length === experts,
  );
  if (whole && active <= experts) return routing;
  throw invalidArchive(ROUTING, ROUTING, { reason: 'other-experts', experts });
}

function sized(source: ByteSource, bytes: number): ByteSource {
  if (source.size === bytes) return source;
  throw invalidArchive(source.name, source.name, {
    reason: 'bytes',
    found: source.size,
    due: bytes,
  });
}

/**
 * Checks all weights and the checkpoint of an archive.
 * @param config of the base model, where it is here
 * @throws StudioError `run-archive-invalid`, `safetensors-…`
 */
export async function checkArchive(
  { manifest, stages, best, checkpoint }: OpenArchive,
  config: ModelConfig | null,
): Promise<void> {
  const { recipe } = manifest.run;
  if (stages.length > recipe.stages.length) {
    throw invalidArchive(MANIFEST, 'stages', { reason: 'more-stages' });
  }
  const files = [
    ...stages.map((source, stage) => ({ source, stage })),
    ...best.map((source, index) => ({ source, stage: manifest.best[index]?.stage ?? 0 })),
  ];
  await checkBranchFiles(files, recipe, config);
  if (checkpoint && manifest.checkpoint) {
    await checkCheckpoint(checkpoint, manifest.checkpoint, recipe, config);
  }
}

async function* readSteps(
  files: Files,
  { steps, stepParts, run }: Manifest,
): AsyncGenerator<readonly StoredStep[]> {
  let count = 0;
  let before = -1;
  for (let part = 0; part < stepParts; part += 1) {
    const path = stepsPath(part);
    const text = await files.text(path);
    let batch: StoredStep[] = [];
    for (let begin = 0; begin < text.length;) {
      const found = text.indexOf('\n', begin);
      const end = found < 0 ? text.length : found;
      const step = parseStep(parseJson(text.slice(begin, end), { name: path }));
      begin = end + 1;
      const { metrics } = step;
      const place = metrics.stage * 2 ** 40 + metrics.step;
      if (metrics.stage >= run.recipe.stages.length) {
        throw invalidArchive(path, path, { reason: 'stage-unknown' });
      }
      if (place <= before) throw invalidArchive(path, path, { reason: 'order' });
      before = place;
      batch.push(step);
      count += 1;
      if (batch.length < STEPS_AT_ONCE) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
  if (count !== steps) {
    throw invalidArchive(MANIFEST, 'steps', { reason: 'steps', due: steps, found: count });
  }
}
