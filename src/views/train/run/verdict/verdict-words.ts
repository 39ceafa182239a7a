/** Says in plain words what a run's figures allow to be said. */
import {
  changeOver,
  endlessAnswers,
  keptShare,
  sufficiency,
  type LossChange,
  type Part,
  type Separation,
  type Verdict,
} from '../../../../studio/runs/verdict.ts';
import type { DataKind } from '../../../../contract/data.ts';
import type { HeldOutRepeats } from '../../../../contract/evaluation.ts';
import type { RunSamples, RunSummary } from '../../../../contract/runs.ts';
import { formatFixed, formatInteger, formatNumber, formatPercent } from '../../../shared/format.ts';
import { branchTitle } from '../../../shared/Tag.tsx';
import { bracketed, clauses } from '../../../shared/words/marks.ts';
import { verdictText } from './text-verdict.ts';

type Tone = 'good' | 'warning' | 'neutral';

/** One sentence of a verdict, and whether it is good news. */
export interface Finding {
  readonly key: string;
  readonly tone: Tone;
  readonly text: string;
}

const loss = (value: number): string => formatFixed(value, 3);
const signed = (value: number): string => `${value > 0 ? '+' : ''}${formatFixed(value, 3)}`;
const fromTo = ({ from, to }: LossChange): string => `${loss(from)} → ${loss(to)}`;

/** The 95 % interval of a change: "−0.21 … −0.05"; empty where there is none. */
export function intervalWords({ interval }: LossChange): string {
  return interval ? `${signed(interval.low)} … ${signed(interval.high)}` : '';
}

/** A change of loss with its sign. */
export function changeWords({ from, to }: LossChange): string {
  return signed(to - from);
}

const kinds: readonly DataKind[] = ['alignment', 'knowledge'];
const overall = (part: Part): boolean => part.kind === 'whole';

/** The verdict in a few words. */
export function headline(verdict: Verdict): string {
  const t = verdictText();
  const named = (wanted: LossChange['direction']): string =>
    kinds
      .filter((kind) => changeOver(verdict, kind, overall)?.direction === wanted)
      .map((kind) => t.kind(kind))
      .join(t.and);
  const parts = [
    { what: named('fell'), say: t.learned },
    { what: named('rose'), say: t.lost },
    { what: named('unclear'), say: t.unclear },
  ].flatMap(({ what, say }) => (what === '' ? [] : [say(what)]));
  if (parts.length === 0) return t.nothingKnown;
  const text = parts.join(t.join);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** That the last sample answers all run on: losses do not show it. */
export function endlessOf(
  samples: RunSamples | null,
  { recipe }: Pick<RunSummary, 'recipe'>,
): Finding[] {
  const answers = endlessAnswers(samples?.points ?? []);
  if (answers === 0) return [];
  const tokens = formatInteger(recipe.samples?.maxTokens ?? 0);
  return [{ key: 'endless', tone: 'warning', text: verdictText().endless(answers, tokens) }];
}

/** Says where the validation records are not new to the model. */
export function repeatsOf(repeats: HeldOutRepeats | null): Finding[] {
  if (!repeats || repeats.near === 0) return [];
  const text = verdictText().repeats(formatInteger(repeats.near), formatInteger(repeats.heldOut));
  return [{ key: 'repeats', tone: 'warning', text }];
}

/**
 * All that the figures allow to be said, the most important first.
 * @param knowledge whether any knowledge record took part
 */
export function findings(
  verdict: Verdict,
  { recipe }: Pick<RunSummary, 'recipe'>,
  knowledge: boolean,
): Finding[] {
  const t = verdictText();
  const enough = sufficiency(verdict);
  const dropped = verdict.parts.flatMap(({ part }) => (part.kind === 'drop' ? [part] : []));
  return [
    ...kinds.flatMap((kind) => learnedOf(kind, changeOver(verdict, kind, overall))),
    ...kinds.flatMap((kind) => forgottenOf(verdict, kind, recipe)),
    ...dropped.flatMap(({ stage, branches }) => droppedOf(verdict, stage, branches)),
    ...verdict.separations.map((separation) => separationOf(separation, knowledge)),
    {
      key: 'enough',
      tone: enough === 'enough' ? ('neutral' as const) : ('warning' as const),
      text: t.enough[enough],
    },
  ];
}

function learnedOf(kind: DataKind, change: LossChange | null): Finding[] {
  if (!change) return [];
  const t = verdictText();
  const name = t.kind(kind);
  const key = `learned ${kind}`;
  if (change.records === null) {
    return [{ key, tone: 'neutral', text: t.noInterval(name, fromTo(change)) }];
  }
  if (change.direction === 'few') {
    const text = t.fewFor(name, fromTo(change), change.records);
    return [{ key, tone: 'warning', text }];
  }
  if (change.direction === 'unclear') {
    const text = t.sameAsBase(name, fromTo(change), intervalWords(change));
    return [{ key, tone: 'neutral', text }];
  }
  const times = formatNumber(Math.exp(change.from - change.to), 2);
  const tone = change.direction === 'fell' ? 'good' : 'warning';
  return [{ key, tone, text: t.likelier(name, times, fromTo(change)) }];
}

/** What each stage did to a kind that it did not train on, while an earlier stage did. */
function forgottenOf(
  verdict: Verdict,
  kind: DataKind,
  { stages }: RunSummary['recipe'],
): Finding[] {
  const t = verdictText();
  return stages.flatMap(({ data }, stage): Finding[] => {
    const taught = stages.slice(0, stage).some((earlier) => earlier.data.kinds.includes(kind));
    if (!taught || data.kinds.includes(kind)) return [];
    const change = changeOver(
      verdict,
      kind,
      (part) => part.kind === 'stage' && part.stage === stage,
    );
    if (!change || change.direction === 'few') return [];
    const key = `forgotten ${kind} ${stage}`;
    const words = clauses([changeWords(change), intervalWords(change)]);
    const rise = bracketed(loss(change.to - change.from), fromTo(change));
    return change.direction === 'rose'
      ? [{ key, tone: 'warning', text: t.forgot(t.kind(kind), stage + 1, rise) }]
      : [{ key, tone: 'good', text: t.kept(t.kind(kind), stage + 1, words) }];
  });
}

function droppedOf(verdict: Verdict, stage: number, branches: readonly string[]): Finding[] {
  const t = verdictText();
  const shares = kinds.flatMap((kind) => {
    const share = keptShare(verdict, kind, stage);
    return share === null ? [] : [{ kind, share }];
  });
  if (shares.length === 0) return [];
  const said = shares.map(({ kind, share }) => t.shareOf(t.kind(kind), formatPercent(share)));
  const text = t.keptShare(branches.map(branchTitle).join(t.and), stage + 1, said.join(t.join));
  const of = (wanted: DataKind) => shares.find(({ kind }) => kind === wanted)?.share;
  const [knowledge, alignment] = [of('knowledge'), of('alignment')];
  const intended = knowledge !== undefined && alignment !== undefined && knowledge > alignment;
  return [
    {
      key: `dropped ${stage}`,
      tone: intended ? 'good' : 'neutral',
      text: intended ? text + t.between + t.dropWork : text,
    },
  ];
}

/** Changes of the orthogonal loss below this share are no change. */
const steady = 0.1;

function separationOf(
  { stage, between: [one, other], first, last }: Separation,
  knowledge: boolean,
): Finding {
  const t = verdictText();
  const change = (last - first) / first;
  const head = t.separation(
    branchTitle(one),
    branchTitle(other),
    formatNumber(first, 3),
    formatNumber(last, 3),
  );
  const [tone, rest]: [Tone, string] = !knowledge
    ? ['neutral', t.noKnowledge]
    : change < -steady
      ? ['good', t.apart]
      : change > steady
        ? ['warning', t.closer]
        : ['neutral', t.stayed];
  return { key: `separation ${stage}`, tone, text: head + t.between + rest };
}
