/** The state of a review: which findings are listed, which is looked at, what was decided, and the way back. */
import { useEffect, useEffectEvent, useState } from 'react';
import { asStudioError, type StudioError } from '../../../faults/fault.ts';
import {
  decide,
  findingCounts,
  restore,
  selectFindings,
  type FindingFilter,
} from '../../../studio/identifiers/identifiers.ts';
import type {
  Decision,
  DecisionsBefore,
  FindingCount,
  FindingInSentence,
} from '../../../contract/identifiers.ts';
import { decisionNames, identifiersText } from './text-identifiers.ts';

export const EVERYTHING: FindingFilter = {
  kind: null,
  certainty: null,
  language: null,
  decision: null,
  text: '',
};
/** As the worker numbers decisions (contract/identifiers.ts). */
const NUMBERED: readonly Decision[] = ['open', 'replace', 'keep'];

export interface Listed {
  readonly filter: FindingFilter;
  /** Null while they are looked up. */
  readonly places: Uint32Array | null;
  /** Which of the places is looked at. */
  readonly at: number;
  /** Tells one list from another. */
  readonly version: number;
}

export interface Review extends Listed {
  readonly counts: readonly FindingCount[];
  readonly setFilter: (change: Partial<FindingFilter>) => void;
  readonly setAt: (at: number) => void;
  /** A finding as it is decided by now. */
  readonly current: (finding: FindingInSentence) => FindingInSentence;
  /** Decides of the finding that is looked at, or of all of its form, and goes on to the next. */
  readonly act: (decision: Decision, form: boolean) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly undoable: boolean;
  readonly redoable: boolean;
  /** Counts decisions, so that whatever depends on them is read again. */
  readonly decisions: number;
  /** What was done last, in words. */
  readonly said: string;
  readonly error: StudioError | null;
  readonly dismissError: () => void;
}

/** Findings that a filter lets pass, looked up anew whenever it changes; what is decided moves nothing. */
function useListed(id: string, onError: (error: StudioError) => void) {
  const [listed, setListed] = useState<Listed>({
    filter: EVERYTHING,
    places: null,
    at: 0,
    version: 0,
  });
  const { filter } = listed;
  const failed = useEffectEvent(onError);
  useEffect(() => {
    let wanted = true;
    void selectFindings(id, filter).then((outcome) => {
      if (!wanted) return;
      if (outcome.status === 'failed') failed(outcome.error);
      const places = outcome.status === 'done' ? outcome.value : new Uint32Array();
      setListed((known) => ({ ...known, places, at: 0, version: known.version + 1 }));
    });
    return () => {
      wanted = false;
    };
  }, [id, filter]);
  return {
    listed,
    setFilter: (change: Partial<FindingFilter>) =>
      setListed((known) => ({ ...known, places: null, filter: { ...known.filter, ...change } })),
    setAt: (at: number) =>
      setListed((known) => {
        const last = (known.places?.length ?? 0) - 1;
        return { ...known, at: Math.max(0, Math.min(last, at)) };
      }),
  };
}

interface Past {
  readonly undo: readonly DecisionsBefore[];
  readonly redo: readonly DecisionsBefore[];
}

/** What was done last: kept as it is, so that it is said in the language of the moment. */
interface Done {
  readonly what: Decision | 'undo' | 'redo';
  readonly count: number;
}

function saidOf({ what, count }: Done): string {
  const t = identifiersText();
  if (what === 'undo') return t.undone(count);
  if (what === 'redo') return t.redone(count);
  return t.done(count, decisionNames()[what]);
}

export function useReview(id: string): Review {
  const [error, setError] = useState<StudioError | null>(null);
  const { listed, setFilter, setAt } = useListed(id, setError);
  const [counts, setCounts] = useState<readonly FindingCount[]>([]);
  const [decided, setDecided] = useState<ReadonlyMap<number, Decision>>(new Map());
  const [past, setPast] = useState<Past>({ undo: [], redo: [] });
  const [decisions, setDecisions] = useState(0);
  const [last, setLast] = useState<Done | null>(null);
  const failed = (thrown: unknown): void => setError(asStudioError(thrown));
  const count = useEffectEvent(() => findingCounts(id).then(setCounts, failed));
  useEffect(() => void count(), [id, decisions]);

  const changed = (places: Uint32Array, to: (i: number) => Decision): void => {
    setDecided((known) => {
      const now = new Map(known);
      places.forEach((place, i) => now.set(place, to(i)));
      return now;
    });
    setDecisions((before) => before + 1);
  };
  const act = (decision: Decision, form: boolean): void => {
    const place = listed.places?.[listed.at];
    if (place === undefined) return;
    setAt(listed.at + 1);
    decide(id, { place, form, decision }).then((before) => {
      changed(before.places, () => decision);
      setPast(({ undo }) => ({ undo: [...undo, before], redo: [] }));
      setLast({ what: decision, count: before.places.length });
    }, failed);
  };
  const turn = (from: 'undo' | 'redo', to: 'undo' | 'redo') => () => {
    const turned = past[from].at(-1);
    if (!turned) return;
    setPast((known) => ({ ...known, [from]: known[from].slice(0, -1) }));
    restore(id, turned).then((before) => {
      changed(turned.places, (i) => NUMBERED[turned.before[i] ?? 0] ?? 'open');
      setPast((known) => ({ ...known, [to]: [...known[to], before] }));
      // Back to where it was done.
      const at = listed.places?.indexOf(turned.places[0] ?? -1) ?? -1;
      if (at >= 0 && turned.places.length === 1) setAt(at);
      setLast({ what: from, count: turned.places.length });
    }, failed);
  };
  return {
    ...listed,
    counts,
    setFilter,
    setAt,
    current: (finding) => ({
      ...finding,
      decision: decided.get(finding.place) ?? finding.decision,
    }),
    act,
    undo: turn('undo', 'redo'),
    redo: turn('redo', 'undo'),
    undoable: past.undo.length > 0,
    redoable: past.redo.length > 0,
    decisions,
    said: last === null ? '' : saidOf(last),
    error,
    dismissError: () => setError(null),
  };
}
