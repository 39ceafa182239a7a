/**
 * A run as a folder: its state, its curves as JSON lines, branches and checkpoint. Files come before the state that
 * names them, and each replaces its earlier form at once, so that a run that is killed goes on from its last
 * checkpoint.
 */
import { appendFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseGrowth, parseStep, parseValidation, stepLine } from '../../archive/archive-curves.ts';
import { damagedArchive, jsonText } from '../../archive/archive-files.ts';
import type { StoredGrowth, StoredStep } from '../../archive/run-parts.ts';
import type { RunCurves, RunSummary, ValidationPoint } from '../../contract/runs.ts';
import { fileSource } from '../../engine/node/folder.ts';
import { bestSnapshot, snapshotsAfter, withBest } from '../../engine/training/run/snapshots.ts';
import { fault } from '../../faults/fault.ts';
import { Sealer } from '../../formats/files/sealer.ts';
import { parseJson } from '../../formats/texts/json.ts';
import {
  parseState,
  STATE_FILE,
  writtenState,
  type FolderFile,
  type FolderState,
} from './folder-state.ts';
import { writeWhole } from './whole-file.ts';

const STEPS = 'steps.jsonl';
const VALIDATION = 'validation.jsonl';
const GROWTH = 'growth.jsonl';
/** The archive that the studio opens. */
export const ARCHIVE = 'run.zip';

/** A stage and a step within it. */
export interface Place {
  readonly stage: number;
  readonly step: number;
}

/** Lines held before they are written. */
const LINES_AT_ONCE = 64;

export class RunFolder {
  readonly path: string;
  #state: FolderState;
  readonly #waiting = new Map<string, string[]>();

  private constructor(path: string, state: FolderState) {
    this.path = path;
    this.#state = state;
  }

  /** @throws StudioError `run-folder-taken` for a folder that is not empty */
  static async create(path: string, state: FolderState): Promise<RunFolder> {
    await mkdir(path, { recursive: true });
    if ((await readdir(path)).length > 0) throw fault('run-folder-taken', { path });
    const folder = new RunFolder(path, state);
    await folder.#write();
    return folder;
  }

  /** Whether a run lies in this folder. */
  static async isAt(path: string): Promise<boolean> {
    const found = await stat(join(path, STATE_FILE)).catch(() => null);
    return found?.isFile() === true;
  }

  /** @throws StudioError `run-folder-missing`, `json-…`, `run-archive-invalid` */
  static async open(path: string): Promise<RunFolder> {
    const text = await readFile(join(path, STATE_FILE), 'utf8').catch((cause: unknown) => {
      throw fault('run-folder-missing', { path }, { cause });
    });
    return new RunFolder(path, parseState(parseJson(text, { name: STATE_FILE })));
  }

  get state(): FolderState {
    return this.#state;
  }

  get summary(): RunSummary {
    return this.#state.run;
  }

  async change(
    change: Partial<Omit<FolderState, 'run'>>,
    run: Partial<RunSummary> = {},
  ): Promise<void> {
    const summary = { ...this.#state.run, ...run, updatedAt: Date.now() };
    this.#state = { ...this.#state, ...change, run: summary };
    await this.#write();
  }

  async #write(): Promise<void> {
    await this.replace(STATE_FILE, [Buffer.from(`${jsonText(writtenState(this.#state), 2)}\n`)]);
  }

  /** Writes a file whole, on the disk before it takes the place of an earlier one. */
  async replace(
    name: string,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<FolderFile> {
    return { path: name, ...(await writeWhole(join(this.path, name), chunks)) };
  }

  /** The bytes of a file of the run. @throws StudioError `run-archive-damaged` where they are not those it wrote */
  async read({ path, bytes, sha256 }: FolderFile): Promise<Uint8Array<ArrayBuffer>> {
    const source = await fileSource(join(this.path, path), path).catch(() => null);
    if (source?.size !== bytes) throw damagedArchive(path);
    const read = await source.read(0, bytes);
    const sealer = new Sealer();
    sealer.update(read);
    if (sealer.seal().sha256 !== sha256) throw damagedArchive(path);
    return read;
  }

  async saveStage(stage: number, branches: Uint8Array): Promise<void> {
    const { stages, checkpoint, run } = this.#state;
    const file = await this.replace(`stage-${stage + 1}.safetensors`, [branches]);
    await this.change(
      { stages: [...stages.slice(0, stage), file], checkpoint: null },
      { checkpoint: stage + 1 < run.recipe.stages.length ? { stage: stage + 1, step: 0 } : null },
    );
    if (checkpoint) await rm(join(this.path, checkpoint.file.path), { force: true });
    await this.tellStates();
  }

  async saveBest(step: Place & { readonly loss: number }, branches: Uint8Array): Promise<void> {
    const place = `best-${step.stage + 1}-${step.step}.safetensors`;
    const file = await this.replace(place, [branches]);
    const known = this.#state.best;
    const best = [...known.filter(({ stage }) => stage !== step.stage), { ...step, file }];
    await this.change({ best }, { best: best.map(({ file: _file, ...rest }) => rest) });
    for (const { stage, file: old } of known) {
      if (stage === step.stage && old.path !== place)
        await rm(join(this.path, old.path), { force: true });
    }
    await this.tellStates();
  }

  async saveCheckpoint(place: Place, data: Uint8Array): Promise<void> {
    const before = this.#state.checkpoint;
    await this.flush();
    const file = await this.replace(`checkpoint-${place.stage + 1}-${place.step}.safetensors`, [
      data,
    ]);
    await this.change({ checkpoint: { ...place, file } }, { checkpoint: { ...place } });
    if (before && before.file.path !== file.path) {
      await rm(join(this.path, before.file.path), { force: true });
    }
  }

  /** The model states that exist, with the best ones among them. */
  async tellStates(): Promise<void> {
    const { run, stages, best } = this.#state;
    const all = snapshotsAfter(run.recipe, stages.length);
    const snapshots = withBest(
      all,
      best.map(({ stage, step }) => ({ stage, snapshot: bestSnapshot(run.recipe, stage, step) })),
    );
    await this.change({}, { snapshots });
  }

  addStep(step: StoredStep): Promise<void> {
    return this.#add(STEPS, stepLine(step));
  }

  addPoint(point: ValidationPoint): Promise<void> {
    return this.#add(VALIDATION, `${jsonText(point)}\n`);
  }

  addGrowth(growth: StoredGrowth): Promise<void> {
    return this.#add(GROWTH, `${jsonText(growth)}\n`);
  }

  async #add(name: string, line: string): Promise<void> {
    const lines = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, [...lines, line]);
    if (lines.length + 1 >= LINES_AT_ONCE) await this.flush();
  }

  /** Writes the lines that wait. */
  async flush(): Promise<void> {
    for (const [name, lines] of this.#waiting) {
      this.#waiting.set(name, []);
      if (lines.length > 0) await appendFile(join(this.path, name), lines.join(''));
    }
  }

  async steps(): Promise<StoredStep[]> {
    return (await this.#lines(STEPS)).map(parseStep);
  }

  async growth(): Promise<StoredGrowth[]> {
    return parseGrowth(await this.#lines(GROWTH));
  }

  async curves(): Promise<RunCurves> {
    const validation = parseValidation(await this.#lines(VALIDATION));
    return { steps: (await this.steps()).map(({ metrics }) => metrics), validation };
  }

  /** The values of a file of lines; a line that a kill left unfinished is none. */
  async #lines(name: string): Promise<unknown[]> {
    await this.flush();
    const text = await readFile(join(this.path, name), 'utf8').catch(() => '');
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => parseJson(line, { name }));
  }

  /** Removes what came after a point of the run, because the run will do it again. */
  async truncate(at: Place): Promise<void> {
    const taken = ({ stage, step }: Place): boolean =>
      stage < at.stage || (stage === at.stage && step < at.step);
    const measured = ({ stage, step }: Place): boolean =>
      taken({ stage, step }) || (stage === at.stage && step === at.step);
    const { validation } = await this.curves();
    await this.rewrite(
      (await this.steps()).filter(({ metrics }) => taken(metrics)),
      // Losses at the point itself are not measured again, except at the very beginning.
      validation.filter(at.stage === 0 && at.step === 0 ? taken : measured),
      // Branches are measured again at the beginning of a stage.
      (await this.growth()).filter(({ point }) => (at.step === 0 ? taken : measured)(point)),
    );
  }

  /** Writes all curves anew. */
  async rewrite(
    steps: readonly StoredStep[],
    validation: readonly ValidationPoint[],
    growth: readonly StoredGrowth[],
  ): Promise<void> {
    const lines = (values: readonly string[]) => [Buffer.from(values.join(''))];
    await this.replace(STEPS, lines(steps.map(stepLine)));
    await this.replace(VALIDATION, lines(validation.map((point) => `${jsonText(point)}\n`)));
    await this.replace(GROWTH, lines(growth.map((point) => `${jsonText(point)}\n`)));
  }
}
