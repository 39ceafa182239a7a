/** The table of results. */
import type { ValidationPoint } from '../../src/engine/index.ts';
import type { Evaluation, Figure } from './evaluation.ts';

/** What is known of one state of the model. */
export interface StateReport {
  readonly id: string;
  readonly label: string;
  readonly validation: ValidationPoint | null;
  readonly evaluation: Evaluation;
}

const columnName = ({ task, metric, by }: Figure): string =>
  `${task}: ${metric}${by === 'likelihood' ? ' (likelihood)' : ''}`;

const percent = (value: number): string => (100 * value).toFixed(1);

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
  const all = models[0]?.evaluation.figures ?? [];
  for (const kind of ['knowledge', 'alignment'] as const) {
    for (const figure of all.filter((candidate) => candidate.kind === kind)) {
      const name = columnName(figure);
      const values = models.map(({ evaluation }) =>
        evaluation.figures.find((other) => columnName(other) === name),
      );
      const cells = values.map((value) => (value ? percent(value.value) : ''));
      rows.push([`${name}, ${figure.items} items`, ...cells]);
    }
  }
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
