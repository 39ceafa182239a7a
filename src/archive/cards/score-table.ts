/** The scores of a model card: a table with intervals and chance levels, and what they allow to say. */
import type { ArchivedScore, ArchivedShortcut } from '../../contract/run-origin.ts';
import type { WardLanguage } from '../../contract/exports.ts';
import { cell, inline } from './card-text.ts';
import { calibrationWords } from './calibration-words.ts';
import { scoreWords } from './score-words.ts';
import { constantLine, shortcutLine } from './shortcut-lines.ts';
import { wardWords } from './ward-words.ts';

type Words = (typeof scoreWords)['en'];

export function scoreTable(
  language: WardLanguage,
  scores: readonly ArchivedScore[],
  shortcuts: readonly ArchivedShortcut[],
): string {
  const words = scoreWords[language];
  if (scores.length === 0) return words.none;
  const ward = wardWords[language];
  const lines = (label: string, said: readonly string[]): string[] =>
    said.map((line) => `- ${words.said(cell(label), inline(line))}`);
  const said = [
    ...scores.flatMap((score) => repeatedLine(words, score)),
    ...scores.flatMap((score) => lines(score.label, constantLine(ward, score))),
    ...scores.flatMap((score) => differenceLine(words, score)),
    ...scores.flatMap((score) => overlapLine(words, score)),
    ...scores.flatMap((score) => calibrationLine(language, words, score)),
    ...shortcuts.flatMap((found) => lines(found.label, [shortcutLine(ward, found)])),
  ];
  return [
    ...(said.length > 0 ? [...said, ''] : []),
    ...[words.lead, ''],
    row(words.heads),
    row(words.heads.map(() => '---')).replaceAll(' ', ''),
    ...scores.map((score) => scoreRow(words, score)),
  ].join('\n');
}

const percent = (value: number): string => (value * 100).toFixed(1);

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

function scoreRow(words: Words, score: ArchivedScore): string {
  const { label, task, kind, metric, interval, items, chance, constant } = score;
  const figure = (value: number): string =>
    metric === 'perplexity' ? value.toFixed(2) : percent(value);
  const range = interval ? words.between(figure(interval.low), figure(interval.high)) : '';
  return row([
    ...[cell(label), cell(task), words.kinds[kind], words.metric(metric)],
    `${figure(score.score)}${range}`,
    chance === undefined ? '–' : percent(chance),
    constant ? words.always(percent(constant.score), cell(constant.answer)) : '–',
    items,
  ]);
}

/** Said before any score: a state that gives one answer to nearly every question. */
function repeatedLine(words: Words, { label, task, items, repeats }: ArchivedScore): string[] {
  if (!repeats) return [];
  const { answer, given, right } = repeats;
  const what =
    answer === ''
      ? words.unreadable(given, items)
      : words.repeats(cell(answer), given, items, right);
  return [`- ${words.about(cell(label), cell(task))}${what}`];
}

/** Questions that the training records hold, and the score without them. */
function overlapLine(
  words: Words,
  { label, task, items, metric, overlap }: ArchivedScore,
): string[] {
  if (!overlap) return [];
  const { questions, without } = overlap;
  const lead = `- ${words.about(cell(label), cell(task))}`;
  if (questions === 0) return [`${lead}${words.noOverlap}`];
  const figure = (value: number): string =>
    metric === 'perplexity' ? value.toFixed(2) : percent(value);
  const { score = 0, interval = null } = without ?? {};
  const range = interval ? words.between(figure(interval.low), figure(interval.high)) : '';
  const rest = without ? words.without(figure(score), range) : '';
  return [`${lead}${words.overlap(questions, items)}${rest}`];
}

function calibrationLine(
  language: WardLanguage,
  words: Words,
  { label, task, calibration }: ArchivedScore,
): string[] {
  if (!calibration) return [];
  const about = words.about(cell(label), cell(task));
  return [`- ${about}${calibrationWords(language, calibration)}`];
}

function differenceLine(
  words: Words,
  { label, task, metric, againstBase }: ArchivedScore,
): string[] {
  if (!againstBase || metric === 'perplexity') return [];
  const { value, interval, items, shows, reach } = againstBase;
  const lead = `- ${words.against(cell(label), cell(task))}`;
  const range = interval ? words.between(percent(interval.low), percent(interval.high)) : '';
  if (shows) {
    const points = percent(Math.abs(value));
    return [`${lead}${words.shows({ better: value > 0, points, range, items })}`];
  }
  const more = reach && reach.questions > items ? words.decides(reach.questions) : '';
  return [`${lead}${words.unseen(items, range)}${more}`];
}
