/** The acts at the end of a run's row in the list of runs: go on, remove. */
import { Play, Trash2 } from 'lucide-react';
import { isActive } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { IconButton } from '../shared/controls/Button.tsx';
import { runsText } from './text-runs.ts';
import rowsStyles from './rows.module.css';

export function RunActs({
  run,
  onRemove,
}: {
  readonly run: RunSummary;
  readonly onRemove: () => void;
}) {
  const t = runsText();
  const state = useRuns();
  return (
    <span className={rowsStyles.acts}>
      {(run.state === 'interrupted' || run.state === 'failed') &&
        run.checkpoint &&
        !run.handedOff && (
          <IconButton
            size="small"
            label={t.resume(run.name)}
            icon={<Play size={14} aria-hidden />}
            busy={state.commands[run.id] === 'resume'}
            onClick={(event) => {
              event.stopPropagation();
              state.select(run.id);
              void state.command(run.id, 'resume');
            }}
          />
        )}
      <IconButton
        size="small"
        label={t.remove(run.name)}
        icon={<Trash2 size={14} aria-hidden />}
        reason={isActive(run) ? t.stopFirst : null}
        onClick={(event) => {
          event.stopPropagation();
          onRemove();
        }}
      />
    </span>
  );
}
