/** The ablation grid: its plan, its progress, and the tables and figures that came out. */
import { Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { faultFrom } from '../../../faults/fault.ts';
import { useAblation } from '../../../studio/evaluation/ablation.ts';
import { useEvaluation } from '../../../studio/evaluation/evaluation.ts';
import { activeRun } from '../../../studio/runs/run-facts.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
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
import { GridPlan } from './GridPlan.tsx';
import { GridResults } from './GridResults.tsx';
import { cellName } from './grid-names.ts';
import { gridText } from './text-grid.ts';
import { evaluateText } from '../text.ts';
import styles from './GridView.module.css';

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
  const { running, resume, remove } = useAblation();
  const obstacle = useGridObstacle(grid);
  const [removing, setRemoving] = useState(false);
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
          {open && (
            <Button
              size="small"
              icon={<Play size={14} aria-hidden />}
              reason={obstacle}
              onClick={() => void resume(grid.id)}
            >
              {failed ? t.retry : t.goOn}
            </Button>
          )}
          <IconButton
            size="small"
            label={t.remove}
            icon={<Trash2 size={14} aria-hidden />}
            reason={running?.id === grid.id ? evaluateText().gridActive : null}
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
        onConfirm={() => void remove(grid.id)}
      />
    </Card>
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

/** Why a grid cannot go on, in words. If one of the grid's runs is paused, the grid goes on with that run. */
function useGridObstacle({ cells }: StoredGrid): string | null {
  const t = evaluateText();
  const active = useRuns(activeRun);
  const measuring = useEvaluation(({ running }) => running !== null);
  const running = useAblation((state) => state.running);
  if (running) return t.gridActive;
  if (measuring) return t.measuring;
  if (active && !cells.some(({ runId }) => runId === active.id)) return t.runActive(active.name);
  return null;
}
