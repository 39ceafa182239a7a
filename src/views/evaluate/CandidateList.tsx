/** Model states to tick: the base, and the states of every run. */
import { useState } from 'react';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { Button } from '../shared/controls/Button.tsx';
import { formatTime } from '../shared/format.ts';
import { seenControls } from '../shared/seen-controls.ts';
import { BranchChip, Tag } from '../shared/Tag.tsx';
import { CheckField } from '../shared/controls/Toggle.tsx';
import { InfoTip } from '../shared/controls/Tooltip.tsx';
import type { CandidateGroup } from './candidates.ts';
import { evaluateText } from './text.ts';
import panelsStyles from './panels.module.css';
import textStyles from '../shared/text.module.css';
import styles from './CandidateList.module.css';

export interface CandidateListProps {
  readonly groups: readonly CandidateGroup[];
  readonly picked: ReadonlySet<string>;
  /** Ticks states, by their keys, or removes their ticks. */
  readonly onTick: (keys: readonly string[], on: boolean) => void;
}

export function CandidateList({ groups, picked, onTick }: CandidateListProps) {
  const t = evaluateText();
  const hasRuns = groups.some(({ run }) => run !== null);
  return (
    <div className={panelsStyles.stack}>
      {!hasRuns && <p className={textStyles.quiet}>{t.noRun}</p>}
      {groups.map((group, index) =>
        group.run === null ? (
          <States key="" {...{ group, picked, onTick }} />
        ) : (
          <RunStates key={group.run.id} {...{ group, picked, onTick }} opened={index === 1} />
        ),
      )}
    </div>
  );
}

type GroupProps = Omit<CandidateListProps, 'groups'> & { readonly group: CandidateGroup };

/** The states of a run, to be unfolded; a run that ends meanwhile closes none that somebody looks at. */
function RunStates({ group, picked, onTick, opened }: GroupProps & { readonly opened: boolean }) {
  const t = evaluateText();
  const [open, setOpen] = useState(opened);
  const { run } = group;
  if (!run) return null;
  const count = keysOf(group).filter((key) => picked.has(key)).length;
  return (
    <details
      className={styles.run}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {seenControls(run.name)}{' '}
        <span className={textStyles.quiet}>
          {`${formatTime(run.createdAt)} · ${t.picked(count, group.candidates.length)}`}
        </span>
      </summary>
      <span className={styles.about}>
        <TickAll {...{ group, picked, onTick }} />
        <InfoTip about={t.states} text={t.statesHelp} />
      </span>
      <States {...{ group, picked, onTick }} />
    </details>
  );
}

function keysOf({ candidates }: CandidateGroup): string[] {
  return candidates.map(({ state }) => modelStateKey(state));
}

/** Offers all states of a run, or takes all of them back. */
function TickAll({ group, picked, onTick }: GroupProps) {
  const t = evaluateText();
  const keys = keysOf(group);
  const none = !keys.some((key) => picked.has(key));
  return (
    <Button size="small" variant="ghost" onClick={() => onTick(keys, none)}>
      {none ? t.tickAll(keys.length) : t.tickNone}
    </Button>
  );
}

function States({ group, picked, onTick }: GroupProps) {
  return (
    <ul className={panelsStyles.list}>
      {group.candidates.map(({ state, label }) => {
        const key = modelStateKey(state);
        const snapshot = group.run?.snapshots.find(({ id }) => id === state.snapshot);
        return (
          <li key={key}>
            <CheckField
              label={label}
              checked={picked.has(key)}
              onChange={(on) => onTick([key], on)}
            />
            <span className={styles.branches}>
              {state.snapshot === 'merged' && <Tag>{evaluateText().result}</Tag>}
              {(snapshot?.branches ?? []).map((branch) => (
                <BranchChip key={branch} branch={branch} />
              ))}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
