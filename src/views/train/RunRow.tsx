/** The name of a run in its list, which can be edited in its place, and the acts at the end of its row. */
import { Pencil, Play, Trash2 } from 'lucide-react';
import { isActive, selectedRun } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { IconButton } from '../shared/controls/Button.tsx';
import { NameInput } from '../shared/controls/NameInput.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { runsText } from './text-runs.ts';
import textStyles from '../shared/text.module.css';
import rowsStyles from './rows.module.css';

export function RunName({
  run,
  renaming,
  onRenamed,
}: {
  readonly run: RunSummary;
  readonly renaming: boolean;
  readonly onRenamed: () => void;
}) {
  const state = useRuns();
  if (renaming) {
    return (
      <NameInput
        label={runsText().newName(run.name)}
        name={run.name}
        onDone={(name) => {
          onRenamed();
          if (name !== null) void state.rename(run.id, name);
        }}
      />
    );
  }
  return (
    <button
      type="button"
      className={textStyles.link}
      aria-pressed={run.id === selectedRun(state)?.id}
      onClick={() => state.select(run.id)}
    >
      {seenControls(run.name)}
    </button>
  );
}

export function RunActs({
  run,
  onRename,
  onRemove,
}: {
  readonly run: RunSummary;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}) {
  const t = runsText();
  const state = useRuns();
  return (
    <span className={rowsStyles.acts}>
      {(run.state === 'interrupted' || run.state === 'failed') && run.checkpoint && (
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
        label={t.rename(run.name)}
        icon={<Pencil size={14} aria-hidden />}
        onClick={(event) => {
          event.stopPropagation();
          onRename();
        }}
      />
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
