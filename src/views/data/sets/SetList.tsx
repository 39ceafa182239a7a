/** The data sets at hand: which train, of which kind they are, what was left out. */
import { Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { readHistogram } from '../../../studio/data/data-reads.ts';
import { ownFirst, trainingSets, useDataSets } from '../../../studio/data/data-sets.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import type { DataSetSummary } from '../../../contract/data.ts';
import { IconButton } from '../../shared/controls/Button.tsx';
import { ConfirmDialog } from '../../shared/controls/Dialog.tsx';
import { EditableName } from '../../shared/controls/EditableName.tsx';
import { formatBytes, formatInteger } from '../../shared/format.ts';
import { Table, type Column } from '../../shared/Table.tsx';
import { Tag } from '../../shared/Tag.tsx';
import { CheckField } from '../../shared/controls/Toggle.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { CutRemedy } from '../../shared/controls/CutRemedy.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { bracketed, listed } from '../../shared/words/marks.ts';
import { canaryText } from '../../train/canaries/text-canaries.ts';
import { SetKind } from './SetKind.tsx';
import { dataText, shapeNames } from '../text.ts';
import { useTokenView } from '../use-token-view.ts';
import styles from './SetList.module.css';
import textStyles from '../../shared/text.module.css';

export function SetList({ selectedId }: { readonly selectedId: string | null }) {
  const t = dataText();
  const { sets, select, remove } = useDataSets();
  const [removing, setRemoving] = useState<DataSetSummary | null>(null);
  const columns = useColumns(selectedId, setRemoving);
  return (
    <>
      <Table
        caption={t.sets}
        columns={columns}
        rows={ownFirst(sets)}
        rowKey={({ id }) => id}
        selectedKey={selectedId}
        onSelect={({ id }) => select(id)}
        maxHeight={340}
      />
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => {
          if (!open) setRemoving(null);
        }}
        title={t.removeTitle(removing?.name ?? '')}
        description={t.removeText(removing?.records ?? 0)}
        confirm={t.removeConfirm}
        onConfirm={() => {
          if (!removing) return;
          void remove(removing.id).then((removed) => removed && toast(t.removed(removing.name)));
        }}
      />
    </>
  );
}

function useColumns(
  selectedId: string | null,
  onRemove: (set: DataSetSummary) => void,
): readonly Column<DataSetSummary>[] {
  const t = dataText();
  const { select, rename } = useDataSets();
  return [
    {
      key: 'used',
      header: t.train,
      width: '56px',
      cell: (set) => <Used set={set} />,
    },
    {
      key: 'name',
      header: t.name,
      rowHeader: true,
      cell: ({ id, name }) => (
        <EditableName
          name={name}
          selected={id === selectedId}
          onSelect={() => select(id)}
          onRename={(given) => void rename(id, given)}
        />
      ),
    },
    {
      ...{ key: 'kind', header: t.kind, width: '232px' },
      cell: (set) => (set.canaries ? <Tag>{canaryText().tag}</Tag> : <SetKind set={set} />),
    },
    { key: 'shape', header: t.shape, cell: shapesOf },
    {
      key: 'records',
      header: t.records,
      align: 'end',
      cell: ({ records }) => formatInteger(records),
    },
    {
      key: 'teaches',
      header: (
        <span className={styles.help}>
          {t.teaches}
          <InfoTip about={t.teaches} text={t.teachesHelp} />
        </span>
      ),
      cell: (set) => <Teaches set={set} />,
    },
    { key: 'problems', header: t.leftOut, align: 'end', cell: (set) => <LeftOut set={set} /> },
    { key: 'bytes', header: t.size, align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
    {
      key: 'remove',
      header: <span className={textStyles.hidden}>{t.remove}</span>,
      width: '44px',
      cell: (set) => (
        <IconButton
          size="small"
          label={t.removeSet(set.name)}
          icon={<Trash2 size={15} aria-hidden />}
          onClick={(event) => {
            event.stopPropagation();
            onRemove(set);
          }}
        />
      ),
    },
  ];
}

/** Whether the set trains, where it can. */
function Used({ set: { id, name, shape, records } }: { readonly set: DataSetSummary }) {
  const t = dataText();
  const state = useDataSets();
  if (shape === 'evaluation' || records === 0) {
    return <span title={records === 0 ? t.nothingToTrain : t.onlyMeasures}>–</span>;
  }
  return (
    <CheckField
      hideLabel
      label={t.trainOn(name)}
      checked={trainingSets(state).some((used) => used.id === id)}
      onChange={(used) => state.setUsed(id, used)}
    />
  );
}

/** How many records of the set teach nothing or little at the recipe's length, and what mends it. */
function Teaches({ set: { id, shape, records } }: { readonly set: DataSetSummary }) {
  const t = dataText();
  const { view, viewKey } = useTokenView(useRecipe((state) => state.recipe));
  const trains = shape !== 'evaluation' && records > 0;
  const lengths = useAsync(trains && viewKey !== null ? `${id}/${viewKey}` : null, () => {
    if (!view) throw new Error('no model');
    return readHistogram(id, view);
  });
  if (lengths.status !== 'ready') return '–';
  const { cut, counted } = lengths.value;
  const said = (count: number, words: (count: number) => string): string =>
    counted < records ? bracketed(words(count), t.ofSample(count / counted)) : words(count);
  if (cut.nothing + cut.little === 0) return t.allTeach;
  return (
    <span className={styles.teaches}>
      {cut.nothing > 0 && <Tag tone="error">{said(cut.nothing, t.teachNothing)}</Tag>}
      {cut.little > 0 && <Tag tone="warning">{said(cut.little, t.teachLittle)}</Tag>}
      <CutRemedy cut={cut} />
    </span>
  );
}

/** How many rows of a file are not in the set. */
function LeftOut({ set: { problems, problemCounts = {} } }: { readonly set: DataSetSummary }) {
  const t = dataText();
  const repeated = problemCounts['duplicate'] ?? 0;
  if (problems === 0) return '0';
  return (
    <span className={styles.leftOut}>
      <Tag tone="warning">
        <TriangleAlert size={12} aria-hidden />
        {t.lines(problems)}
      </Tag>
      {repeated > 0 && <span className={textStyles.quietSmall}>{t.duplicates(repeated)}</span>}
    </span>
  );
}

function shapesOf({ shape, shapes = [shape] }: DataSetSummary): string {
  const names = shapeNames();
  return listed((shapes.length === 0 ? [shape] : shapes).map((one) => names[one]));
}
