import { variantKey, type Candidate } from '../../studio/evaluation.ts';
import type { RunSummary } from '../../worker/protocol.ts';
import { formatTime } from '../shared/format.ts';
import { SelectField } from '../shared/Select.tsx';
import { BranchChip } from '../shared/Tag.tsx';
import { CheckField } from '../shared/Toggle.tsx';

export interface CandidateListProps {
  readonly candidates: readonly Candidate[];
  readonly run: RunSummary | null;
  readonly runs: readonly RunSummary[];
  readonly off: ReadonlySet<string>;
  readonly onRun: (id: string) => void;
  readonly onToggle: (key: string, on: boolean) => void;
}

/** The states of one run, to be ticked. */
export function CandidateList({ candidates, run, runs, off, onRun, onToggle }: CandidateListProps) {
  return (
    <div className="evaluate-stack">
      {run ? (
        <SelectField
          label="Run"
          value={run.id}
          choices={runs.map(({ id, name, createdAt }) => ({
            value: id,
            label: `${name} · ${formatTime(createdAt)}`,
          }))}
          onChange={onRun}
        />
      ) : (
        <p className="evaluate-quiet">
          No run yet: the base model can be measured now and compared later.
        </p>
      )}
      <ul className="evaluate-list">
        {candidates.map(({ variant, label }) => {
          const key = variantKey(variant);
          const branches = run?.snapshots.find(({ id }) => id === variant.snapshot)?.branches ?? [];
          return (
            <li key={key}>
              <CheckField
                label={label}
                checked={!off.has(key)}
                onChange={(on) => onToggle(key, on)}
              />
              <span className="evaluate-branches">
                {variant.runId !== null &&
                  branches.map((branch) => <BranchChip key={branch} branch={branch} />)}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
