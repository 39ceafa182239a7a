/** The scores of a model card: a table with intervals and chance levels, and what they allow to say. */
import type { ArchivedScore, ArchivedShortcut } from '../../contract/run-origin.ts';
import { cell, inline } from './card-text.ts';
import { constantLine, shortcutLine } from './shortcut-lines.ts';
import { wardWords } from './ward-words.ts';

export function scoreTable(
  scores: readonly ArchivedScore[],
  shortcuts: readonly ArchivedShortcut[],
): string {
  if (scores.length === 0) {
    return 'No model state of this run was evaluated in the studio before the export.';
  }
  const { en: words } = wardWords;
  const lines = (label: string, said: readonly string[]): string[] =>
    said.map((line) => `- ${cell(label)}: ${inline(line)}`);
  const said = [
    ...scores.flatMap(repeatedLine),
    ...scores.flatMap((score) => lines(score.label, constantLine(words, score))),
    ...scores.flatMap(differenceLine),
    ...shortcuts.flatMap((found) => lines(found.label, [shortcutLine(words, found)])),
  ];
  return [
    ...(said.length > 0 ? [...said, ''] : []),
    'Measured in the studio. Scores are in per cent, with 95% intervals over the questions (Wilson for shares of right',
    'answers, else bootstrap); perplexities are as they are. Chance is what guessing among the options reaches, constant what',
    'giving the answer that is right most often to every question scores.',
    '',
    '| weights | task | kind | metric | score | chance | constant | questions |',
    '|---|---|---|---|---|---|---|---|',
    ...scores.map(scoreRow),
  ].join('\n');
}

const percent = (value: number): string => (value * 100).toFixed(1);

function scoreRow({
  label,
  task,
  kind,
  metric,
  score,
  interval,
  items,
  chance,
  constant,
}: ArchivedScore): string {
  const figure = (value: number): string =>
    metric === 'perplexity' ? value.toFixed(2) : percent(value);
  const range = interval ? ` (${figure(interval.low)} to ${figure(interval.high)})` : '';
  const where = `${cell(label)} | ${cell(task)} | ${kind} | ${metric}`;
  const guessed = chance === undefined ? '–' : percent(chance);
  const always = constant ? `${percent(constant.score)} (${cell(constant.answer)})` : '–';
  return `| ${where} | ${figure(score)}${range} | ${guessed} | ${always} | ${items} |`;
}

/** Said before any score: a state that gives one answer to nearly every question. */
function repeatedLine({ label, task, items, repeats }: ArchivedScore): string[] {
  if (!repeats) return [];
  const { answer, given, right } = repeats;
  const what = answer === '' ? 'gives no readable answer to' : `answers "${cell(answer)}" to`;
  return [
    `- ${cell(label)}, ${cell(task)}: ${what} ${given} of ${items} questions${answer === '' ? '' : `; it is right for ${right}`}.`,
  ];
}

function differenceLine({ label, task, metric, againstBase }: ArchivedScore): string[] {
  if (!againstBase || metric === 'perplexity') return [];
  const { value, interval, items, shows, reach } = againstBase;
  const lead = `- ${cell(label)} against the base, ${cell(task)}:`;
  const range = interval ? ` (${percent(interval.low)} to ${percent(interval.high)})` : '';
  if (shows) {
    const side = value > 0 ? 'better' : 'worse';
    const by = `${percent(Math.abs(value))} points`;
    return [`${lead} ${side} by ${by}${range} on the same ${items} questions.`];
  }
  const more =
    reach && reach.questions > items ? ` About ${reach.questions} would show 5 points.` : '';
  return [`${lead} no difference visible on ${items} questions${range}.${more}`];
}
