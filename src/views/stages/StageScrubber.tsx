/** One question asked of every state of a run: a slider from the base to the merged model moves the answer along. */
import { ListStart, Square } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { isRouted } from '../../studio/chat/chat-document.ts';
import { isOver } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import {
  parseOptions,
  resultKey,
  stagesOf,
  timeLeft,
  useStages,
} from '../../studio/stages/stages.ts';
import type { Question } from '../../studio/stages/kept-answers.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { Button } from '../shared/controls/Button.tsx';
import { TextField } from '../shared/controls/Field.tsx';
import { formatDuration } from '../shared/format.ts';
import { Card } from '../shared/Card.tsx';
import { NotClinical } from '../shared/Notice.tsx';
import { snapshotName } from '../shared/snapshot-name.ts';
import { branchTitle } from '../shared/Tag.tsx';
import { listed } from '../shared/words/marks.ts';
import { StageAnswerView } from './StageAnswerView.tsx';
import { stagesText } from './text.ts';
import styles from './StageScrubber.module.css';
import textStyles from '../shared/text.module.css';

export interface StageScrubberProps {
  readonly run: RunSummary;
  /** The question to begin with, where nobody typed one yet. */
  readonly suggested?: string | null;
}

export function StageScrubber({ run, suggested = null }: StageScrubberProps) {
  const t = stagesText();
  const asked = useStages((state) => state.asked);
  useEffect(() => void useStages.getState().load(), []);
  const states = stagesOf(run);
  const known = useStages(({ results }) =>
    states.some((state) => asked && results[resultKey(state, asked)] !== undefined),
  );
  return (
    <Card title={t.title} aside={t.aside}>
      <div className={styles.scrubber}>
        <AskForm run={run} suggested={suggested} />
        <SoFar />
        {asked && known && <Scrubber run={run} question={asked} />}
      </div>
    </Card>
  );
}

/** How many states have answered, and how long the others take. */
function SoFar() {
  const t = stagesText();
  const soFar = useStages((state) => state.soFar);
  if (!soFar) return null;
  const left = timeLeft(soFar);
  return (
    <p className={textStyles.quiet} role="status">
      {t.soFar(soFar.done, soFar.of)}
      {left !== null && ` ${t.timeLeft(formatDuration(left))}`}
    </p>
  );
}

function AskForm({ run, suggested }: Required<StageScrubberProps>) {
  const t = stagesText();
  const typed = useStages((state) => state.text);
  const typedOptions = useStages((state) => state.options);
  const asking = useStages((state) => state.asking);
  const { setText, setOptions, ask, stop } = useStages.getState();
  const text = typed ?? suggested ?? t.example;
  // Options that fit the example fit no other question.
  const options = typedOptions ?? (text === t.example ? t.exampleOptions : '');
  const reason = text.trim() === '' ? t.typeFirst : null;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason !== null || asking) return;
        void ask(stagesOf(run), { text: text.trim(), options: parseOptions(options) });
      }}
    >
      <TextField
        className={styles.question}
        label={t.question}
        value={text}
        onChange={setText}
        rows={3}
      />
      <TextField
        className={styles.options}
        label={t.options}
        help={t.optionsHelp}
        value={options}
        onChange={setOptions}
        rows={3}
      />
      {asking ? (
        <Button icon={<Square size={14} aria-hidden />} onClick={stop}>
          {t.stop}
        </Button>
      ) : (
        <Button type="submit" icon={<ListStart size={16} aria-hidden />} reason={reason}>
          {t.ask}
        </Button>
      )}
    </form>
  );
}

function Scrubber({ run, question }: { readonly run: RunSummary; readonly question: Question }) {
  const t = stagesText();
  const id = useId();
  const states = stagesOf(run);
  const [chosen, setChosen] = useState(0);
  const results = useStages((state) => state.results);
  const at = Math.min(chosen, states.length - 1);
  const state = states[at];
  if (!state) return null;
  const resultAt = (index: number) => {
    const other = states[index];
    return other && results[resultKey(other, question)];
  };
  const before = resultAt(at - 1);
  const name = snapshotName(state.snapshot, run);
  return (
    <>
      <div className={styles.slider}>
        <input
          type="range"
          aria-label={t.slider}
          aria-valuetext={t.place(name, at + 1, states.length)}
          list={id}
          min={0}
          max={states.length - 1}
          step={1}
          value={at}
          onChange={(event) => setChosen(Number(event.target.value))}
        />
        <datalist id={id}>
          {states.map(({ snapshot }, index) => (
            <option key={snapshot} value={index} />
          ))}
        </datalist>
        <ol className={styles.stops} aria-hidden>
          {states.map(({ snapshot }, index) => (
            <li
              key={snapshot}
              data-current={index === at}
              data-known={resultAt(index)?.status === 'ready'}
            >
              {snapshotName(snapshot, run)}
            </li>
          ))}
        </ol>
      </div>
      <p className={textStyles.quiet}>{changeWords(run, state.snapshot)}</p>
      <StageAnswerView
        name={name}
        result={resultAt(at)}
        before={before?.status === 'ready' ? before.answer : null}
      />
      <NotClinical />
    </>
  );
}

/** What the step to a state did to the model. */
function changeWords(run: RunSummary, snapshot: string): string {
  const t = stagesText().changes;
  if (snapshot === 'base') return t.base;
  if (snapshot === 'merged') return t.merged;
  if (isRouted([run], { modelId: run.modelId, runId: run.id, snapshot })) return t.mixture;
  const [, stage, part] = /^stage(\d)\.(\w+)$/.exec(snapshot) ?? [];
  const { after } = run.recipe.stages[Number(stage) - 1] ?? { after: [] };
  const dropped = after.flatMap((act) => (act.action === 'drop' ? [branchTitle(act.branch)] : []));
  return part === 'after' && dropped.length > 0 ? t.dropped(listed(dropped)) : t.attached;
}

/** Whether a run has ended, and its states can be loaded here. */
export function canBeScrubbed(run: RunSummary): boolean {
  const { origin } = run;
  const here = !origin || (origin.branches && origin.baseHere);
  return isOver(run) && run.snapshots.length > 1 && here;
}

/** The newest run of a model whose states can be asked. */
export function useScrubbedRun(modelId: string | null): RunSummary | null {
  return useRuns(
    ({ runs }) => runs.find((run) => run.modelId === modelId && canBeScrubbed(run)) ?? null,
  );
}
