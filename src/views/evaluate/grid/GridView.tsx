/** The ablation grid: its plan, its progress, and the tables and figures that came out. */
import { Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { faultFrom } from '../../../faults/fault.ts';
import { useAblation } from '../../../studio/evaluation/ablation.ts';
import { continueInTurn, useQueue } from '../../../studio/queue/page-queue.ts';
import type { QueuedWork } from '../../../studio/queue/queued-work.ts';
import type { StoredGrid } from '../../../contract/ablation.ts';
import { Button, IconButton } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { ConfirmDialog } from '../../shared/controls/Dialog.tsx';
import { EmptyState, Loading } from '../../shared/EmptyState.tsx';
import { errorText } from '../../shared/faults/error-text.ts';
import { formatTime } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { Select } from '../../shared/controls/Select.tsx';
import { Table } from '../../shared/Table.tsx';
import { Tag, type Tone } from '../../shared/Tag.tsx';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { queueText } from '../../queue/text.ts';
import { tellWaiting } from '../../queue/work-name.ts';
import { GridPlan } from './GridPlan.tsx';
import { GridResults } from './GridResults.tsx';
import { cellName } from './grid-names.ts';
import { gridText } from './text-grid.ts';
import styles from './GridView.module.css';
import textStyles from '../../shared/text.module.css';

export function GridView() {
  const t = gridText();
  const { phase, grids, selectedId, running, error, select, dismissError } = useAblation();
  const shown = grids.find(({ id }) => id === selectedId) ?? grids[0] ?? null;
  return (
    <>
      {running && (
        <Card>
          <TaskProgress task={running.task} label={t.progress} />
        </Card>
      )}
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      <GridPlan />
      {shown ? (
        <>
          <GridProgress
            grid={shown}
            choice={
              grids.length > 1 && (
                <Select
                  size="small"
                  aria-label={t.grids}
                  value={shown.id}
                  choices={grids.map(({ id, name, createdAt }) => ({
                    value: id,
                    label: t.grid(name, formatTime(createdAt)),
                  }))}
                  onChange={select}
                />
              )
            }
          />
          <GridResults grid={shown} />
        </>
      ) : (
        <Card title={t.grids}>
          {phase === 'loading' ? (
            <Loading what={t.loading} height={120} />
          ) : (
            <EmptyState title={t.empty}>{t.emptyHint}</EmptyState>
          )}
        </Card>
      )}
    </>
  );
}

const tones: Readonly<Record<StoredGrid['cells'][number]['state'], Tone>> = {
  waiting: 'neutral',
  training: 'ka',
  measuring: 'align',
  done: 'good',
  failed: 'error',
};

function GridProgress({
  grid,
  choice,
}: {
  readonly grid: StoredGrid;
  readonly choice: React.ReactNode;
}) {
  const t = gridText();
  const { running, remove } = useAblation();
  const [removing, setRemoving] = useState(false);
  const queued = useQueue(({ waiting }) => waiting).filter((work) => isGrid(work, grid.id));
  const leave = useQueue((state) => state.remove);
  const done = grid.cells.filter(({ state }) => state === 'done').length;
  const failed = grid.cells.some(({ state }) => state === 'failed');
  const open = done < grid.cells.length && running?.id !== grid.id;
  return (
    <Card
      flush
      title={grid.name}
      aside={t.done(done, grid.cells.length)}
      actions={
        <>
          {choice}
          {open && <GoOn grid={grid} label={failed ? t.retry : t.goOn} />}
          <IconButton
            size="small"
            label={t.remove}
            icon={<Trash2 size={14} aria-hidden />}
            reason={running?.id === grid.id ? t.active : null}
            onClick={() => setRemoving(true)}
          />
        </>
      }
    >
      <Cells cells={grid.cells} />
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t.removeTitle}
        description={t.removeText}
        confirm={t.remove}
        onConfirm={() => {
          for (const { id } of queued) leave(id);
          void remove(grid.id);
        }}
      />
    </Card>
  );
}

function isGrid(work: QueuedWork, gridId: string): boolean {
  return work.kind === 'grid' && work.gridId === gridId;
}

/** Lets a grid go on; while it waits for the device, its place in the queue and the way out. */
function GoOn({
  grid: { id, name },
  label,
}: {
  readonly grid: StoredGrid;
  readonly label: string;
}) {
  const t = queueText();
  const { waiting, remove } = useQueue();
  const at = waiting.findIndex((work) => isGrid(work, id));
  const queued = waiting[at];
  if (queued) {
    return (
      <>
        <span className={textStyles.quiet}>{t.place(at + 1, waiting.length)}</span>
        <Button size="small" onClick={() => remove(queued.id)}>
          {t.leave}
        </Button>
      </>
    );
  }
  return (
    <Button
      size="small"
      icon={<Play size={14} aria-hidden />}
      onClick={() => tellWaiting(name, continueInTurn({ kind: 'grid', gridId: id, name }))}
    >
      {label}
    </Button>
  );
}

/** How far each recipe of the grid is. */
function Cells({ cells }: Pick<StoredGrid, 'cells'>) {
  const t = gridText();
  return (
    <Table
      caption={t.cells}
      rows={cells}
      rowKey={({ cell }) => cell.id}
      maxHeight={360}
      columns={[
        { key: 'name', header: t.recipe, rowHeader: true, cell: ({ cell }) => cellName(cell) },
        {
          key: 'state',
          header: t.state,
          cell: ({ state, error }) => (
            <span className={styles.gridState}>
              <Tag tone={tones[state]}>{t.states[state]}</Tag>
              {state === 'failed' && error && <span>{errorText(faultFrom(error)).message}</span>}
            </span>
          ),
        },
      ]}
    />
  );
}
