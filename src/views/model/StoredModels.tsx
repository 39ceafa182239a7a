/** The models stored in this browser: source, Verify, Delete. */
import { ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import type { StudioError } from '../../faults/fault.ts';
import { storedModels, verifyModel } from '../../studio/models/hub.ts';
import { useModels } from '../../studio/models/models.ts';
import { isUnfinished } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { cancelTask, useTasks } from '../../studio/tasks.ts';
import type { FileCheck, ModelSummary, StoredModelReport } from '../../contract/models.ts';
import { Button, IconButton } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { ConfirmDialog } from '../shared/controls/Dialog.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { formatBytes, formatPercent } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { Tag } from '../shared/Tag.tsx';
import { useAsync } from '../shared/use-async.ts';
import { licenceOf, sourceOf } from './source.ts';
import { StorageLine } from './StorageLine.tsx';
import { storedText } from './text.ts';
import styles from './StoredModels.module.css';
import textStyles from '../shared/text.module.css';

interface StoredRow {
  readonly model: ModelSummary;
  readonly report: StoredModelReport;
}

type Check =
  | { readonly status: 'reading'; readonly task: string | null }
  | { readonly status: 'read'; readonly files: readonly FileCheck[] };

/** The models stored in this browser: where each is from, whether it is whole, and Delete. */
export function StoredModels() {
  const t = storedText();
  const models = useModels((state) => state.models);
  const [removing, setRemoving] = useState<StoredRow | null>(null);
  const [error, setError] = useState<StudioError | null>(null);
  const stored = useAsync(models.map(({ id }) => id).join(), storedModels);
  const columns = useColumns(setRemoving, setError);
  const rows =
    stored.status === 'ready'
      ? stored.value.flatMap((report) => {
          const model = models.find(({ id }) => id === report.id);
          return model ? [{ model, report }] : [];
        })
      : [];
  return (
    <Card flush title={t.title} aside={t.aside}>
      {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
      {stored.status === 'failed' && <ErrorNotice error={stored.error} />}
      {stored.status === 'loading' && rows.length === 0 && <Loading what={t.loading} height={96} />}
      {stored.status === 'ready' && rows.length === 0 && (
        <EmptyState title={t.none}>{t.noneHelp}</EmptyState>
      )}
      {rows.length > 0 && (
        <Table
          caption={t.caption}
          columns={columns}
          rows={rows}
          rowKey={({ model }) => model.id}
          maxHeight={360}
        />
      )}
      <StorageLine models={models} />
      <RemoveDialog row={removing} onClose={() => setRemoving(null)} onError={setError} />
    </Card>
  );
}

/** Checks of stored files, by model. */
function useChecks(onError: (error: StudioError | null) => void) {
  const [checks, setChecks] = useState<Readonly<Record<string, Check>>>({});
  const verify = async (model: ModelSummary): Promise<void> => {
    onError(null);
    const note = (check: Check | null) =>
      setChecks(({ [model.id]: _before, ...others }) =>
        check ? { ...others, [model.id]: check } : others,
      );
    note({ status: 'reading', task: null });
    const outcome = await verifyModel(model, (task) => note({ status: 'reading', task }));
    note(outcome.status === 'done' ? { status: 'read', files: outcome.value } : null);
    if (outcome.status === 'failed') onError(outcome.error);
  };

  return { checks, verify };
}

function useColumns(
  onRemove: (row: StoredRow) => void,
  onError: (error: StudioError | null) => void,
): readonly Column<StoredRow>[] {
  const t = storedText();
  const { checks, verify } = useChecks(onError);
  return [
    { key: 'name', header: t.columns.model, rowHeader: true, cell: ({ model }) => model.name },
    {
      key: 'from',
      header: t.columns.from,
      cell: ({ model }) => (
        <span className={styles.storedFrom}>
          {sourceOf(model)}
          {model.origin && (
            <code title={t.commit(model.origin.commit)}>{model.origin.commit.slice(0, 12)}</code>
          )}
        </span>
      ),
    },
    {
      key: 'licence',
      header: t.columns.licence,
      cell: ({ model }) => licenceOf(model),
    },
    {
      key: 'bytes',
      header: t.columns.stored,
      align: 'end',
      cell: ({ report }) => formatBytes(report.bytes),
    },
    {
      key: 'verify',
      header: t.columns.files,
      width: '260px',
      cell: ({ model, report }) => (
        <CheckCell
          model={model}
          report={report}
          check={checks[model.id] ?? null}
          onVerify={() => void verify(model)}
        />
      ),
    },
    {
      key: 'remove',
      header: <span className={textStyles.hidden}>{t.columns.delete}</span>,
      width: '44px',
      cell: (row) => (
        <IconButton
          size="small"
          label={t.deleteModel(row.model.name)}
          icon={<Trash2 size={15} aria-hidden />}
          onClick={() => onRemove(row)}
        />
      ),
    },
  ];
}

/** Asks before a model is deleted, and says what is deleted with it. */
function RemoveDialog({
  row,
  onClose,
  onError,
}: {
  readonly row: StoredRow | null;
  readonly onClose: () => void;
  readonly onError: (error: StudioError | null) => void;
}) {
  const t = storedText();
  const { remove, dismissError } = useModels();
  const runs = useRuns((state) => state.runs);
  const based = runs.filter(({ modelId }) => modelId === row?.model.id);
  return (
    <ConfirmDialog
      open={row !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t.asks(row?.model.name ?? '')}
      description={[
        t.frees(formatBytes(row?.report.bytes ?? 0)),
        ...(based.length > 0 ? [t.basedOn(based.length, based.filter(isUnfinished).length)] : []),
        row?.model.origin ? t.again : t.ownFiles,
      ].join(' ')}
      confirm={t.confirm}
      onConfirm={() => {
        if (!row) return;
        const { id, name } = row.model;
        onError(null);
        void remove(id).then((removed) => {
          if (removed) toast(t.deleted(name));
          else {
            // Shown here, where the button is, and not at the top of a long page.
            onError(useModels.getState().error);
            dismissError();
          }
        });
      }}
    />
  );
}

function CheckCell({
  model,
  report,
  check,
  onVerify,
}: {
  readonly model: ModelSummary;
  readonly report: StoredModelReport;
  readonly check: Check | null;
  readonly onVerify: () => void;
}) {
  const t = storedText();
  const task = check?.status === 'reading' ? check.task : null;
  const fraction = useTasks(({ tasks }) =>
    task === null ? null : (tasks[task]?.fraction ?? null),
  );
  if (check?.status === 'reading') {
    return (
      <span className={styles.storedCheck} role="status">
        <span>{t.reading(fraction === null ? '' : formatPercent(fraction))}</span>
        {task !== null && (
          <Button size="small" onClick={() => void cancelTask(task)}>
            {t.stop}
          </Button>
        )}
      </span>
    );
  }
  const bad = check?.files.filter(({ state }) => state !== 'good') ?? [];
  return (
    <span className={styles.storedCheck}>
      {check === null && <span>{t.files(report.files.length)}</span>}
      {check !== null && bad.length === 0 && (
        <span role="status">
          <Tag tone="good">{t.allGood(report.files.length)}</Tag>
        </span>
      )}
      {bad.length > 0 && (
        <span role="alert" className={styles.storedCheckBad}>
          {bad.map(({ name, state }) => (
            <Tag key={name} tone="error">
              {name} {t.states[state]}
            </Tag>
          ))}
          <span className={textStyles.quietSmall}>{t.bringAgain}</span>
        </span>
      )}
      <Button
        size="small"
        icon={<ShieldCheck size={14} aria-hidden />}
        aria-label={t.verifyModel(model.name)}
        onClick={onVerify}
      >
        {t.verify}
      </Button>
    </span>
  );
}
