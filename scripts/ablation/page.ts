/** Writes the results page of a grid: settings, tables, figures, and what they can and cannot show. */
import { BOOTSTRAP_SEED } from '../../src/engine/evaluation/statistics/bootstrap.ts';
import type { EvaluationFigures, Figure } from '../../src/engine/evaluation/report.ts';
import type { AblationId } from '../../src/engine/training/recipe/ablations.ts';
import type { GridCell } from '../../src/engine/evaluation/grid/grid-plan.ts';
import {
  gridFigures,
  gridTable,
  tableMarkdown,
  type MeasuredCell,
} from '../../src/engine/evaluation/grid/grid-tables.ts';
import type { AblationOptions } from './options.ts';
import type { StageFacts } from './training.ts';

export interface CellResult {
  readonly cell: GridCell;
  readonly figures: EvaluationFigures | null;
  readonly stages: readonly StageFacts[];
}

/** What one recipe changes against another, on the same items. */
export interface Contrast {
  readonly claim: string;
  readonly first: string;
  readonly second: string;
  /** second − first, with paired intervals. */
  readonly knowledge: Figure | null;
  readonly alignment: Figure | null;
}

/** The comparisons that the paper's tables are there for. */
export const contrasts: readonly {
  readonly claim: string;
  readonly first: AblationId;
  readonly second: AblationId;
}[] = [
  { claim: 'stage 1 against the base', first: 'base', second: 'mka-drop-na' },
  { claim: 'dropping NA after stage 1', first: 'mka-keep-na', second: 'mka-drop-na' },
  { claim: 'keeping KA rather than NA', first: 'without-ka', second: 'mka-drop-na' },
  { claim: 'stage 2 after stage 1', first: 'mka-drop-na', second: 'mka-da' },
  { claim: 'stage 1 before stage 2', first: 'da-only', second: 'mka-da' },
  { claim: 'dropping NA before stage 2', first: 'da-keep-na', second: 'mka-da' },
  { claim: 'the orthogonal loss', first: 'mka-da-without-orthogonal', second: 'mka-da' },
];

export interface GridSettings {
  readonly options: AblationOptions;
  readonly adapter: string;
  readonly software: boolean;
  readonly modelName: string;
  readonly parameters: number;
  readonly sets: readonly {
    readonly name: string;
    readonly kind: string;
    readonly trained: number;
    readonly leftOut: boolean;
  }[];
  readonly tasks: readonly {
    readonly name: string;
    readonly items: number;
    readonly fitting: number;
  }[];
  readonly answerTokens: number;
  readonly ownRows: number;
  readonly date: string;
}

export function measured(results: readonly CellResult[]): MeasuredCell[] {
  return results.map(({ cell, figures }) => ({ cell, figures }));
}

export function resultsPage(
  settings: GridSettings,
  results: readonly CellResult[],
  compared: readonly Contrast[],
): string {
  const { options } = settings;
  const cells = measured(results);
  const done = results.filter(({ figures }) => figures !== null).length;
  const tables = (['table-3', 'table-4'] as const).map((id) => gridTable(id, cells));
  const [three, four] = tables.map(tableMarkdown);
  const curves = gridFigures(cells).flatMap(({ curves: own }) => own);
  const section = (lines: readonly string[]): string => lines.join('\n');
  return `${[
    '# The ablation grid, measured',
    `Every recipe of the paper's Tables 3 and 4 and the data fractions of its figures 5 and 6, trained and measured by \`npm run ablation\` on a very small model and public data. ${done} of ${results.length} recipes were measured. The table is what came out, whatever it says; a model of ${(settings.parameters / 1e6).toFixed(1)} M parameters is no stand-in for the paper's, and its scores are no medical knowledge. Not for clinical use.`,
    section(['## Settings', '', ...settingLines(settings)]),
    section(['## Table 3: the pipeline and what is left of it', '', three ?? '', '', legend()]),
    section(['## Table 4: what the branches contribute', '', four ?? '']),
    section(['## What the differences say', '', ...contrastLines(compared)]),
    section([
      '## Figures 5 and 6: shares of the data',
      '',
      ...(curves.some(({ points }) => points.length > 1)
        ? [
            '![Averages over the share of stage-1 data](figure-5.svg)',
            '',
            '![Averages over the share of stage-2 data](figure-6.svg)',
            '',
            'Records of a share are chosen by seed; the other stage has all of its data. Bars are 95 % intervals.',
          ]
        : ['Not measured yet.']),
    ]),
    section(['## Training', '', ...trainingLines(results)]),
    section([
      '## Files',
      '',
      '`results.csv` and `results.json` hold every figure in full: score, interval, format adherence and items by recipe and task.',
      '',
      `Repeat it with \`${commandOf(options)}\`. What is finished is kept in \`${options.state}\`, so that an interrupted grid goes on where it stopped.`,
    ]),
  ].join('\n\n')}\n`;
}

function commandOf(options: AblationOptions): string {
  const { seed, knowledge, alignment, epochs, learningRate, batch, maxLength, items } = options;
  return (
    `npm run ablation -- --seed ${seed} --knowledge ${knowledge} --alignment ${alignment} ` +
    `--epochs ${epochs} --rate ${learningRate} --batch ${batch} --max-length ${maxLength} ` +
    `--items ${items} --fractions ${options.fractions.join()}`
  );
}

function settingLines(settings: GridSettings): string[] {
  const { options, sets, tasks } = settings;
  const used = sets.filter(({ trained }) => trained > 0);
  const left = sets.filter(({ leftOut }) => leftOut).map(({ name }) => name);
  return [
    `- Model: ${settings.modelName}, ${settings.parameters.toLocaleString('en')} parameters, float32.`,
    `- Adapter: ${settings.adapter}${settings.software ? ' (software)' : ''}. Date: ${settings.date}.`,
    `- Training data: ${used.map(({ name, kind, trained }) => `${name} ${trained} (${kind})`).join(', ')}; records of at most ${options.maxLength} tokens, chosen by seed ${options.seed}.${left.length > 0 ? ` Left out because hardly any record is that short: ${left.join(', ')}.` : ''}`,
    `- Recipe: the paper's branches; rate ${options.learningRate}, ${options.batch} records a step, stage 1 for 1 epoch, stage 2 for ${options.epochs}, seed ${options.seed} throughout.`,
    `- Evaluation: ${tasks.map(({ name, items, fitting }) => `${name} ${items} of ${fitting}`).join(', ')}; items whose prompt has at most ${options.maxLength} tokens, chosen by seed, the same for every recipe. Written answers are greedy, at most ${settings.answerTokens} tokens.`,
    ...(settings.ownRows > 0
      ? [
          `- ${settings.ownRows} tokens that pretraining never showed, the end of a turn among them, get embeddings of their own, drawn by seed: with a frozen head no answer could end otherwise.`,
        ]
      : []),
  ];
}

function legend(): string {
  return `Scores in per cent. In brackets the 95 % interval: Wilson's for shares of right answers, else percentiles of a bootstrap over items (1000 draws, seed ${BOOTSTRAP_SEED}; micro-F1 from the drawn counts). Option letters are chosen by likelihood (log p per token after the prompt); everything else is written greedily and parsed. Bold where no other interval of a column overlaps. Averages are means over the tasks of a kind.`;
}

/** "+5.8" or "−4.2", in percentage points; a difference that rounds to nothing has no sign. */
function points(value: number): string {
  const shown = Math.abs(100 * value).toFixed(1);
  if (Number(shown) === 0) return shown;
  return `${value > 0 ? '+' : '−'}${shown}`;
}

function contrastCell(figure: Figure | null): string {
  if (!figure) return '';
  const { value, interval } = figure;
  if (!interval) return points(value);
  const apart = interval.low > 0 || interval.high < 0;
  const shown = apart ? `**${points(value)}**` : points(value);
  return `${shown} (${points(interval.low)} … ${points(interval.high)})`;
}

/** Differences of averages, and in a sentence which of them chance does not explain. */
function contrastLines(compared: readonly Contrast[]): string[] {
  const parts = compared.flatMap(({ claim, knowledge, alignment }) =>
    (['knowledge', 'alignment'] as const).flatMap((kind) => {
      const interval = (kind === 'knowledge' ? knowledge : alignment)?.interval;
      if (!interval || (interval.low <= 0 && interval.high >= 0)) return [];
      return [`${claim} ${interval.low > 0 ? 'raises' : 'lowers'} the ${kind} average`];
    }),
  );
  return [
    'Percentage points, the second recipe less the first, on the same items: both are drawn together in the bootstrap. Bold where the 95 % interval leaves 0 out. The intervals are over items alone; another seed of the training would move the figures too, and that was not measured.',
    '',
    '| what | first | second | knowledge average | alignment average |',
    '|---|---|---|---:|---:|',
    ...compared.map(
      ({ claim, first, second, knowledge, alignment }) =>
        `| ${claim} | ${first} | ${second} | ${contrastCell(knowledge)} | ${contrastCell(alignment)} |`,
    ),
    '',
    parts.length > 0
      ? `On these items ${parts.join('; ')}. All other differences are within what the choice of items explains.`
      : 'All differences are within what the choice of items explains.',
  ];
}

function trainingLines(results: readonly CellResult[]): string[] {
  const rows = results.flatMap(({ cell, stages }) =>
    stages.map(({ records, steps, firstLoss, lastLoss }, stage) =>
      [cell.name, stage + 1, records, steps, firstLoss.toFixed(3), lastLoss.toFixed(3)].join(' | '),
    ),
  );
  return [
    'Loss of the first and of the last step, in nats per target token. Recipes that agree in all that decides a stage share its training.',
    '',
    '| recipe | stage | records | steps | first loss | last loss |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row} |`),
  ];
}
