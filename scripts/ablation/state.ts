/** Keeps what a grid has finished on disk: branches by what they were trained from, answers by recipe. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ItemAnswer } from '../../src/engine/evaluation/items.ts';

const answerSchema = z.tuple([
  z.int(),
  z.object({
    text: z.string(),
    written: z.string().nullable(),
    reference: z.object({ nll: z.number(), tokens: z.number() }).nullable(),
  }),
]);

const stageSchema = z.object({
  steps: z.int(),
  records: z.int(),
  seconds: z.number(),
  firstLoss: z.number(),
  lastLoss: z.number(),
});

/** What is told of a stage that was trained. */
export type StageFacts = z.infer<typeof stageSchema>;

export const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);

export class GridState {
  readonly #folder: string;

  /** @param settings everything that results depend on: other settings get a separate folder */
  constructor(folder: string, settings: string) {
    this.#folder = join(folder, digest(settings));
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  /** Written beside and then renamed, so that a file that is there is whole. */
  async #put(name: string, data: Uint8Array | string): Promise<void> {
    await writeFile(this.#path(`${name}.part`), data);
    await rename(this.#path(`${name}.part`), this.#path(name));
  }

  async #get(name: string): Promise<Buffer | null> {
    return existsSync(this.#path(name)) ? readFile(this.#path(name)) : null;
  }

  /** Branches at the end of a stage, with what is told of it. */
  async stage(
    key: string,
  ): Promise<{ readonly branches: Uint8Array; readonly facts: StageFacts } | null> {
    const branches = await this.#get(`stage-${key}.safetensors`);
    const facts = await this.#get(`stage-${key}.json`);
    if (!branches || !facts) return null;
    return {
      branches: new Uint8Array(branches),
      facts: stageSchema.parse(JSON.parse(facts.toString())),
    };
  }

  async saveStage(key: string, branches: Uint8Array, facts: StageFacts): Promise<void> {
    await this.#put(`stage-${key}.json`, JSON.stringify(facts));
    await this.#put(`stage-${key}.safetensors`, branches);
    await rm(this.#path(`checkpoint-${key}.safetensors`), { force: true });
  }

  /** Where a stage stands that was not ended. */
  async checkpoint(key: string): Promise<Uint8Array | null> {
    const data = await this.#get(`checkpoint-${key}.safetensors`);
    return data && new Uint8Array(data);
  }

  async saveCheckpoint(key: string, data: Uint8Array): Promise<void> {
    await this.#put(`checkpoint-${key}.safetensors`, data);
  }

  /** Answers of a recipe by the place of their item. A line cut off by an ended process is left out. */
  async answers(cell: string): Promise<(ItemAnswer | undefined)[]> {
    const text = (await this.#get(`answers-${cell}.jsonl`))?.toString() ?? '';
    const answers: (ItemAnswer | undefined)[] = [];
    for (const line of text.split('\n').slice(0, -1)) {
      const [place, answer] = answerSchema.parse(JSON.parse(line));
      answers[place] = answer;
    }
    return answers;
  }

  async addAnswers(
    cell: string,
    batch: readonly (readonly [place: number, answer: ItemAnswer])[],
  ): Promise<void> {
    const lines = batch.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    await appendFile(this.#path(`answers-${cell}.jsonl`), lines);
  }
}
