/** The table of results. */
import type { TaskReport } from '../../src/engine/evaluation/report.ts';
import type { DemoRun } from './training.ts';
import { columnName, type Evaluation } from './evaluation.ts';

/** What is known of one state of the model. */
export interface StateReport {
  readonly id: string;
  readonly label: string;
  readonly validation: DemoRun['validation'][number] | null;
  readonly evaluation: Evaluation;
}

const percent = (value: number): string => (100 * value).toFixed(1);

/** The rows of a task: its score, and where answers were written how many kept their form. */
function rowsOf(task: TaskReport): { readonly name: string; readonly value: number }[] {
  const { formatAdherence } = task;
  const score = { name: columnName(task), value: task.value };
  if (formatAdherence === null) return [score];
  return [score, { name: `${task.task}: format`, value: formatAdherence }];
}

/**
 * One Markdown table: a row per quantity, a column per state of the model. Losses in nats per target
 * token, everything else in per cent.
 */
export function markdownTable(models: readonly StateReport[]): string {
  const rows: string[][] = [
    ['', ...models.map(({ label }) => label)],
    ['---', ...models.map(() => '---:')],
  ];
  for (const kind of ['knowledge', 'alignment'] as const) {
    const losses = models.map(({ validation }) => validation?.[kind] ?? null);
    rows.push([
      `validation loss, ${kind}`,
      ...losses.map((value) => (value === null ? '' : value.toFixed(3))),
    ]);
  }
  const scores = models.map(({ evaluation }) => {
    const found = evaluation.figures.tasks.flatMap(rowsOf);
    return new Map(found.map(({ name, value }) => [name, value]));
  });
  const all = models[0]?.evaluation.figures.tasks ?? [];
  for (const kind of ['knowledge', 'alignment'] as const) {
    for (const task of all.filter((candidate) => candidate.kind === kind)) {
      for (const { name } of rowsOf(task)) {
        const values = scores.map((own) => own.get(name));
        const cells = values.map((value) => (value === undefined ? '' : percent(value)));
        rows.push([`${name}, ${task.items} items`, ...cells]);
      }
    }
  }
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
