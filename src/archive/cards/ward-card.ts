/** Writes the ward-round card of a run: one or two printable pages of HTML for a colleague. */
import type { ChangedAnswer } from '../../engine/evaluation/comparison.ts';
import {
  REMOVED_SET,
  type ArchivedDataSet,
  type ArchivedScore,
  type ArchivedShortcut,
} from '../../contract/run-origin.ts';
import type { WardLanguage } from '../../contract/exports.ts';
import type { RunCurves, RunSummary, ValidationPoint } from '../../contract/runs.ts';
import { bestStageOf } from '../../engine/training/run/snapshots.ts';
import { STUDIO_VERSION } from '../studio-version.ts';
import { htmlText } from './card-text.ts';
import { constantLine, shortcutLine } from './shortcut-lines.ts';
import { wardPicture } from './ward-picture.ts';
import { wardWords, type WardWords } from './ward-words.ts';

export interface WardFacts {
  readonly curves: RunCurves;
  readonly dataSets: readonly ArchivedDataSet[];
  readonly scores: readonly ArchivedScore[];
  readonly shortcuts: readonly ArchivedShortcut[];
  /**
   * Answers that changed from the base to the last state; null where both were not asked the same, `left-out` for a
   * card that must not carry questions.
   */
  readonly changed: readonly ChangedAnswer[] | 'left-out' | null;
  /** How many sample answers of the last state there are, where none comes to an end by itself; else 0. */
  readonly endless: number;
  /** Whether it is known that the questions come from the data sets that the run trained on. */
  readonly sameSources: boolean;
  readonly language: WardLanguage;
}

/** Examples of each kind. */
const EXAMPLES = 3;

const STYLE = `
@page { size: A4; margin: 14mm; }
* { box-sizing: border-box; }
body { max-width: 182mm; margin: 0 auto; padding: 16px; color: #111; background: #fff;
  font: 10.5pt/1.45 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { margin: 0; font-size: 17pt; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 12pt 0 3pt; font-size: 11.5pt; border-bottom: 0.75pt solid #9ca3af; break-after: avoid; }
h3 { margin: 6pt 0 2pt; font-size: 10.5pt; break-after: avoid; }
p, ul, table { margin: 3pt 0; }
ul { padding-left: 14pt; }
.made, .note, footer { color: #4b5563; font-size: 9pt; }
.warning { padding: 4pt 8pt; border: 1pt solid #b45309; font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: 9.5pt; }
th, td { padding: 2pt 6pt 2pt 0; border-bottom: 0.5pt solid #d1d5db; text-align: left; vertical-align: top; }
.number { text-align: right; white-space: nowrap; }
tr, li, .example, .whole, svg { break-inside: avoid; }
p, li { orphans: 3; widows: 3; }
svg { display: block; width: 100%; max-width: 150mm; margin: 4pt 0; }
.examples { display: grid; grid-template-columns: 1fr 1fr; gap: 0 14pt; }
.example { margin: 3pt 0; padding-left: 6pt; border-left: 2pt solid #d1d5db; font-size: 9pt; overflow-wrap: anywhere; }
footer { margin-top: 12pt; border-top: 0.5pt solid #9ca3af; padding-top: 3pt; }
@media print { body { padding: 0; max-width: none; } }
@media (max-width: 560px) { .examples { grid-template-columns: 1fr; } }
`;

export function wardCard(run: RunSummary, facts: WardFacts): string {
  const words = wardWords[facts.language];
  const date = new Date(run.createdAt).toISOString().slice(0, 10);
  return `<!doctype html>
<html lang="${words.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlText(words.title)}: ${htmlText(run.name)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${htmlText(run.name)}</h1>
<p class="made">${htmlText(words.title)} · ${htmlText(words.made(run.modelName, run.recipe.name, date))}</p>
<p class="warning">${htmlText(words.warning)}</p>
${endlessWarning(words, run, facts)}</header>
${[dataSection, methodSection, resultSection, changedSection, decideSection]
  .map((section) => section(words, run, facts))
  .join('\n')}
<section class="whole">
<h2>${htmlText(words.limits)}</h2>
${list([facts.sameSources ? words.sameSources : words.unknownSources, ...words.limitLines])}
<footer>${htmlText(words.origin(run.adapter, STUDIO_VERSION, String(run.recipe.seed)))}</footer>
</section>
</body>
</html>
`;
}

/** Losses and scores do not show it, so it stands before them. */
function endlessWarning(words: WardWords, { recipe }: RunSummary, { endless }: WardFacts): string {
  if (endless === 0) return '';
  const tokens = counted(words, recipe.samples?.maxTokens ?? 0);
  return `<p class="warning">${htmlText(words.endless(endless, tokens))}</p>
`;
}

type Section = (words: WardWords, run: RunSummary, facts: WardFacts) => string;

const list = (lines: readonly string[]): string =>
  lines.length === 0
    ? ''
    : `<ul>${lines.map((line) => `<li>${htmlText(line)}</li>`).join('')}</ul>`;

/** 1000 → "1,000". */
const counted = (words: WardWords, count: number): string =>
  new Intl.NumberFormat(words.tag).format(count);

const paragraph = (text: string): string => `<p>${htmlText(text)}</p>`;

const dataSection: Section = (words, { data }, { dataSets }) => {
  const rows = dataSets.map(
    ({ name, kind, records }) =>
      `<tr><td>${htmlText(name === REMOVED_SET ? words.removedSet : name)}</td><td>${words.kinds[kind]}</td><td class="number">${counted(words, records)}</td></tr>`,
  );
  return `<h2>${htmlText(words.data)}</h2>
<table><thead><tr><th>${htmlText(words.set)}</th><th>${htmlText(words.kind)}</th><th class="number">${htmlText(words.records)}</th></tr></thead>
<tbody>${rows.join('')}</tbody></table>
${data ? paragraph(words.split(counted(words, data.training), counted(words, data.validation))) : ''}
${paragraph(words.protection)}`;
};

const methodSection: Section = (words, { recipe }) => {
  const titles = (names: readonly string[]): string =>
    names.map((name) => words.branches[name] ?? name).join(words.list);
  const stages = recipe.stages.map(({ train, data, orthogonal, after }, stage) => {
    const of = (wanted: string): string[] =>
      after.flatMap(({ action, branch }) => (action === wanted ? [branch] : []));
    const acts = [
      { names: of('drop'), say: words.dropped },
      { names: of('merge'), say: words.merged },
      { names: of('force'), say: words.forced },
    ].flatMap(({ names, say }) => (names.length > 0 ? [say(titles(names))] : []));
    const [one = '', other = ''] = orthogonal?.between ?? [];
    return [
      words.trains(
        stage + 1,
        titles(train),
        data.kinds.map((kind) => words.kinds[kind]).join(words.and),
      ),
      ...(orthogonal ? [words.apart(titles([one]), titles([other]))] : []),
      ...(acts.length > 0 ? [words.then(acts.join(words.list))] : []),
      words.end,
    ].join('');
  });
  const merged = recipe.stages.at(-1)?.after.some(({ action }) => action === 'merge') ?? false;
  const names = new Set(recipe.stages.flatMap(({ attach }) => attach.map(({ name }) => name)));
  const spelledOut = [...names].flatMap((name) => words.longNames[name] ?? []);
  const gap = words.tag === 'en' ? ' ' : '';
  return `<h2>${htmlText(words.method)}</h2>
<p>${htmlText([...stages, words.result(merged)].join(gap), 2000)}</p>
${wardPicture(recipe, words)}
<p class="note">${htmlText(spelledOut.join(words.list))}</p>`;
};

/** The last state that was measured, apart from best steps. */
function lastMeasured({ snapshots }: RunSummary, { scores }: WardFacts): string | undefined {
  const order = snapshots.map(({ id }) => id).filter((id) => bestStageOf(id) === null);
  return order.findLast((id) => id !== 'base' && scores.some(({ snapshot }) => snapshot === id));
}

/** The scores of the base and of the last state that was measured, task by task. */
function scorePairs(run: RunSummary, facts: WardFacts) {
  const { scores } = facts;
  const last = lastMeasured(run, facts);
  const of = (wanted: string | undefined) => scores.filter(({ snapshot }) => snapshot === wanted);
  const before = of('base');
  const after = of(last);
  const same = (one: ArchivedScore, other: ArchivedScore): boolean =>
    one.task === other.task && one.metric === other.metric;
  const alone = before.filter((one) => !after.some((other) => same(one, other)));
  return [
    ...after.map((one) => ({
      before: before.find((other) => same(one, other)) ?? null,
      after: one,
    })),
    ...alone.map((one) => ({ before: one, after: null })),
  ];
}

const percent = (value: number): string => (value * 100).toFixed(1).replace('-', '−');

function scoreCell(score: ArchivedScore | null): string {
  if (!score) return '–';
  const figure = (value: number): string =>
    score.metric === 'perplexity' ? value.toFixed(2) : percent(value);
  const { interval } = score;
  return `${figure(score.score)}${interval ? ` (${figure(interval.low)}–${figure(interval.high)})` : ''}`;
}

const resultSection: Section = (words, run, facts) => {
  const pairs = scorePairs(run, facts);
  const rows = pairs.map(({ before, after }) => {
    const about = after ?? before;
    const { task, metric, chance, items } = about;
    const name = htmlText(words.taskOf(task, words.metrics[metric]));
    const guess = chance === undefined ? '–' : percent(chance);
    const cells = [scoreCell(before), scoreCell(after), guess, counted(words, items)];
    return `<tr><td>${name}</td>${cells.map((value) => `<td class="number">${value}</td>`).join('')}</tr>`;
  });
  const heads = [words.before, words.after, words.chance, words.count];
  const table = `<table><thead><tr><th>${htmlText(words.task)}</th>${heads.map((head) => `<th class="number">${htmlText(head)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('')}</tbody></table><p class="note">${htmlText(words.scoreNote)}</p>`;
  const measured = pairs.flatMap(({ after }) => (after ? [after] : []));
  const last = lastMeasured(run, facts);
  const checked = facts.shortcuts.filter(({ snapshot }) => snapshot === last);
  const said = [
    ...pairs.flatMap(({ before, after }) => [
      ...(before ? repeatLine(words, words.before, before) : []),
      ...(after ? repeatLine(words, words.after, after) : []),
    ]),
    ...measured.flatMap((score) => constantLine(words, score)),
    ...measured.flatMap((score) => differenceLine(words, score)),
    ...checked.map((finding) => shortcutLine(words, finding)),
    ...lossLines(words, facts.curves),
  ];
  return `<h2>${htmlText(words.results)}</h2>
${rows.length > 0 ? table : paragraph(words.noScores)}
${list(said)}`;
};

function repeatLine(
  words: WardWords,
  state: string,
  { task, items, repeats }: ArchivedScore,
): string[] {
  if (!repeats) return [];
  const { answer, given } = repeats;
  const say = words[answer === '' ? 'unreadable' : 'repeats'];
  return [
    say({ ...{ task, state, answer }, given: counted(words, given), items: counted(words, items) }),
  ];
}

function differenceLine(words: WardWords, { task, metric, againstBase }: ArchivedScore): string[] {
  if (!againstBase || metric === 'perplexity') return [];
  const { value, interval, items, shows } = againstBase;
  const range = interval ? words.between(percent(interval.low), percent(interval.high)) : '';
  return [
    shows
      ? words.shows(task, value > 0, percent(Math.abs(value)), range, counted(words, items))
      : words.unseen(task, counted(words, items), range),
  ];
}

function lossLines(words: WardWords, { validation }: RunCurves): string[] {
  const first = validation.find(({ snapshot }) => snapshot === 'base');
  const last = validation.findLast(
    ({ snapshot }) => snapshot !== 'training' && snapshot !== 'base',
  );
  if (!first || !last) return [];
  const kinds = ['knowledge', 'alignment'] as const;
  const loss = (point: ValidationPoint, kind: (typeof kinds)[number]): string | null =>
    point[kind]?.toFixed(3) ?? null;
  return kinds.flatMap((kind) => {
    const [from, to] = [loss(first, kind), loss(last, kind)];
    return from === null || to === null ? [] : [words.losses(words.kinds[kind], from, to)];
  });
}

const changedSection: Section = (words, run, facts) => {
  const { changed } = facts;
  const examples = (all: readonly ChangedAnswer[]): string =>
    all.length === 0
      ? paragraph(words.none)
      : all
          .slice(0, EXAMPLES)
          .map(
            ({ task, prompt, reference, first, second }) =>
              `<div class="example"><b>${htmlText(task, 80)}</b>${words.colon}${htmlText(prompt, 260)}<br>
${[
  [words.right, reference],
  [words.was, first],
  [words.is, second],
]
  .map(([label, text]) => htmlText(`${label}${words.colon}${text}`, 140))
  .join(' · ')}</div>`,
          )
          .join('\n');
  const known = Array.isArray(changed) ? (changed as readonly ChangedAnswer[]) : null;
  if (!known) {
    const compared = scorePairs(run, facts).some(({ after }) => after?.againstBase !== undefined);
    const unknown = compared ? words.elsewhere : words.noPairs;
    return `<h2>${htmlText(words.changed)}</h2>
${paragraph(changed === 'left-out' ? words.without : unknown)}`;
  }
  const of = (sign: number) => known.filter(({ change }) => change * sign > 0);
  const quoted = known.length > 0 ? `<p class="note">${htmlText(words.quoted)}</p>\n` : '';
  return `${quoted}<div class="examples"><section><h2>${htmlText(words.gained(String(of(1).length)))}</h2>
${examples(of(1))}</section>
<section><h2>${htmlText(words.lost(String(of(-1).length)))}</h2>
${examples(of(-1))}</section></div>`;
};

const decideSection: Section = (words, run, facts) => {
  const compared = scorePairs(run, facts).flatMap(({ after }) =>
    after?.againstBase && after.metric !== 'perplexity' ? [after] : [],
  );
  const open = compared.flatMap((score) => {
    const { shows = true, reach = null, items = 0 } = score.againstBase ?? {};
    if (shows) return [];
    const more =
      reach && reach.questions > items ? words.decides(counted(words, reach.questions)) : '';
    return [`${words.unseen(score.task, counted(words, items), '')}${more}`];
  });
  const said =
    compared.length === 0 ? [words.askBoth] : open.length === 0 ? [words.allDecided] : open;
  return `<h2>${htmlText(words.decide)}</h2>
${list(said)}`;
};
