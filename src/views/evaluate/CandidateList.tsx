/** Model states to tick: the base, and the states of every run. */
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { formatTime } from '../shared/format.ts';
import { seenControls } from '../shared/seen-controls.ts';
import { BranchChip } from '../shared/Tag.tsx';
import { CheckField } from '../shared/controls/Toggle.tsx';
import type { CandidateGroup } from './candidates.ts';
import { evaluateText } from './text.ts';
import panelsStyles from './panels.module.css';
import textStyles from '../shared/text.module.css';
import styles from './CandidateList.module.css';

export interface CandidateListProps {
  readonly groups: readonly CandidateGroup[];
  readonly picked: ReadonlySet<string>;
  readonly onToggle: (key: string, on: boolean) => void;
}

export function CandidateList({ groups, picked, onToggle }: CandidateListProps) {
  const t = evaluateText();
  const hasRuns = groups.some(({ run }) => run !== null);
  return (
    <div className={panelsStyles.stack}>
      {!hasRuns && <p className={textStyles.quiet}>{t.noRun}</p>}
      {groups.map((group, index) =>
        group.run === null || index === 1 ? (
          <States key={group.run?.id ?? ''} {...{ group, picked, onToggle }} />
        ) : (
          <details key={group.run.id} className={styles.run}>
            <summary>
              {seenControls(group.run.name)}{' '}
              <span className={textStyles.quiet}>{formatTime(group.run.createdAt)}</span>
            </summary>
            <States {...{ group, picked, onToggle }} />
          </details>
        ),
      )}
    </div>
  );
}

function States({
  group,
  picked,
  onToggle,
}: Omit<CandidateListProps, 'groups'> & { readonly group: CandidateGroup }) {
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
              onChange={(on) => onToggle(key, on)}
            />
            <span className={styles.branches}>
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
