import { Pencil, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { runProgress, selectedRun, useRuns } from '../../studio/runs.ts';
import type { RunSummary } from '../../worker/protocol.ts';
import { IconButton } from '../shared/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { ConfirmDialog } from '../shared/Dialog.tsx';
import { formatCount, formatPercent, formatTime } from '../shared/format.ts';
import { Table, type Column } from '../shared/Table.tsx';
import { Tag } from '../shared/Tag.tsx';
import { isActive } from '../../studio/runs.ts';
import { stateWords } from './words.ts';

/** All runs with their state; one of them is looked at. */
export function RunList() {
  const state = useRuns();
  const selected = selectedRun(state);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [removing, setRemoving] = useState<RunSummary | null>(null);
  const columns: readonly Column<RunSummary>[] = [
    {
      key: 'name',
      header: 'Run',
      rowHeader: true,
      cell: (run) =>
        renaming === run.id ? (
          <NameInput
            run={run}
            onDone={(name) => {
              setRenaming(null);
              if (name !== null) void state.rename(run.id, name);
            }}
          />
        ) : (
          <button
            type="button"
            className="link"
            aria-pressed={run.id === selected?.id}
            onClick={() => state.select(run.id)}
          >
            {run.name}
          </button>
        ),
    },
    {
      key: 'state',
      header: 'State',
      cell: (run) => <Tag tone={stateWords[run.state].tone}>{stateWords[run.state].word}</Tag>,
    },
    { key: 'model', header: 'Model', cell: (run) => run.modelName },
    {
      key: 'progress',
      header: 'Steps',
      align: 'end',
      cell: (run) => {
        const { done, total } = runProgress(run);
        return `${done} / ${total} (${formatPercent(total > 0 ? done / total : 0)})`;
      },
    },
    {
      key: 'recipe',
      header: 'Recipe',
      cell: (run) => run.recipe.name,
    },
    { key: 'started', header: 'Started', cell: (run) => formatTime(run.createdAt) },
    {
      key: 'acts',
      header: <span className="ui-hidden">Acts</span>,
      align: 'end',
      cell: (run) => (
        <span className="row-acts">
          {(run.state === 'interrupted' || run.state === 'failed') && run.checkpoint && (
            <IconButton
              size="small"
              label={`Resume ${run.name}`}
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
            label={`Rename ${run.name}`}
            icon={<Pencil size={14} aria-hidden />}
            onClick={(event) => {
              event.stopPropagation();
              setRenaming(run.id);
            }}
          />
          <IconButton
            size="small"
            label={`Delete ${run.name}`}
            icon={<Trash2 size={14} aria-hidden />}
            reason={isActive(run) ? 'Stop the run first.' : null}
            onClick={(event) => {
              event.stopPropagation();
              setRemoving(run);
            }}
          />
        </span>
      ),
    },
  ];
  return (
    <Card flush title="Runs" aside={formatCount(state.runs.length, 'run')}>
      <Table
        caption="All runs"
        columns={columns}
        rows={state.runs}
        rowKey={({ id }) => id}
        selectedKey={selected?.id ?? null}
        onSelect={(run) => state.select(run.id)}
        maxHeight={360}
      />
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => {
          if (!open) setRemoving(null);
        }}
        title={`Delete run “${removing?.name ?? ''}”?`}
        description="Its curves, branches and checkpoints go. Models and data sets stay."
        confirm="Delete run"
        onConfirm={() => {
          if (removing) void state.remove(removing.id);
        }}
      />
    </Card>
  );
}

function NameInput({
  run,
  onDone,
}: {
  readonly run: RunSummary;
  /** The new name; null leaves the old one. */
  readonly onDone: (name: string | null) => void;
}) {
  const [name, setName] = useState(run.name);
  const trimmed = name.trim();
  const commit = () => onDone(trimmed === '' || trimmed === run.name ? null : trimmed);
  return (
    <input
      className="ui-input run-name"
      aria-label={`New name of ${run.name}`}
      value={name}
      maxLength={200}
      // The field appears because its owner asked to type.
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
      onClick={(event) => event.stopPropagation()}
      onChange={(event) => setName(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') onDone(null);
      }}
    />
  );
}
