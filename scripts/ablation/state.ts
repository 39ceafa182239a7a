/** Where a grid keeps what it has finished: the folder of each recipe's run, its answers, and its scores. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluationFigures } from '../../src/engine/evaluation/report.ts';

export class GridState {
  readonly folder: string;

  /** @param settings everything that results depend on: other settings get a separate folder */
  constructor(folder: string, settings: string) {
    const digest = createHash('sha256').update(settings).digest('hex').slice(0, 16);
    this.folder = join(folder, digest);
  }

  async open(): Promise<void> {
    await mkdir(join(this.folder, 'runs'), { recursive: true });
  }

  /** The folder of a recipe's run. */
  run(id: string): string {
    return join(this.folder, 'runs', id);
  }

  /** The file of a recipe's answers, which are whole once there are scores. */
  answers(id: string): string {
    return join(this.folder, `answers-${id}.jsonl`);
  }

  async scores(id: string): Promise<EvaluationFigures | null> {
    const path = this.#scores(id);
    if (!existsSync(path)) return null;
    return JSON.parse(await readFile(path, 'utf8')) as EvaluationFigures;
  }

  /** Written beside and then renamed, so that a file that is there is whole. */
  async saveScores(id: string, figures: EvaluationFigures): Promise<void> {
    const path = this.#scores(id);
    await writeFile(`${path}.part`, JSON.stringify(figures));
    await rename(`${path}.part`, path);
  }

  #scores(id: string): string {
    return join(this.folder, `scores-${id}.json`);
  }
}
