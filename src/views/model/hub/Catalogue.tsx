/** Known good bases: size, licence, what a run takes on this device, and the way to the hub. */
import { Search } from 'lucide-react';
import { lookUpBase, readCatalogue, readCatalogueNeeds } from '../../../studio/models/catalogue.ts';
import { hubHost, useHub } from '../../../studio/models/hub.ts';
import { useModels } from '../../../studio/models/models.ts';
import { budgetBytes, useMemory } from '../../../studio/runs/memory.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import type { CatalogueEntry, CatalogueNeeds } from '../../../contract/models.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { Loading } from '../../shared/EmptyState.tsx';
import { errorText, noteText } from '../../shared/faults/error-text.ts';
import { faultFrom } from '../../../faults/fault.ts';
import { formatBytes, formatCompact, unknown } from '../../shared/format.ts';
import { precisionName } from '../../shared/precision-words.ts';
import { Table, type Column } from '../../shared/Table.tsx';
import { Tag } from '../../shared/Tag.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { HUB_PANEL } from './HubPanel.tsx';
import { catalogueText } from './text-catalogue.ts';
import { useInView } from './use-in-view.ts';
import styles from './Catalogue.module.css';
import textStyles from '../../shared/text.module.css';

export function Catalogue() {
  const t = catalogueText();
  const entries = useAsync('catalogue', readCatalogue);
  const hub = useHub((state) => state.hub);
  const budget = useMemory((state) => state.budget);
  // Plans take the worker's time: only those that are looked at are made.
  const [lead, inView] = useInView<HTMLParagraphElement>();
  return (
    <Card
      flush
      className={styles.catalogue}
      title={t.title}
      aside={entries.status === 'ready' ? t.aside(entries.value.length) : undefined}
    >
      <p ref={lead} className={styles.lead}>
        {t.lead(hubHost(hub), formatBytes(budgetBytes(budget)))}
      </p>
      {entries.status === 'ready' ? (
        <Entries entries={entries.value} planned={inView} />
      ) : (
        <Loading what={t.reading} height={320} />
      )}
      <p className={styles.note}>{t.note}</p>
    </Card>
  );
}

function Entries({
  entries,
  planned,
}: {
  readonly entries: readonly CatalogueEntry[];
  /** Whether runs on them may be planned. */
  readonly planned: boolean;
}) {
  const t = catalogueText();
  const columns: readonly Column<CatalogueEntry>[] = [
    { key: 'name', header: t.columns.name, rowHeader: true, cell: ({ name }) => name },
    {
      key: 'parameters',
      header: t.columns.parameters,
      align: 'end',
      cell: ({ parameters, refused }) => (refused ? unknown : formatCompact(parameters)),
    },
    {
      key: 'download',
      header: t.columns.download,
      align: 'end',
      cell: ({ bytes, refused }) => (refused ? unknown : formatBytes(bytes)),
    },
    { key: 'licence', header: t.columns.licence, cell: ({ licence }) => licence },
    {
      key: 'exact',
      header: t.columns.exact,
      cell: (entry) => <Needs entry={entry} precision="16-bit" planned={planned} />,
    },
    {
      key: 'packed',
      header: t.columns.packed,
      cell: (entry) => <Needs entry={entry} precision="4-bit" planned={planned} />,
    },
    { key: 'act', header: t.columns.act, cell: ({ name }) => <LookUp name={name} /> },
  ];
  return <Table caption={t.title} columns={columns} rows={entries} rowKey={({ name }) => name} />;
}

/** What a run takes in one precision, and whether that is within the limit. */
function Needs({
  entry: { name, refused },
  precision,
  planned,
}: {
  readonly entry: CatalogueEntry;
  readonly planned: boolean;
  readonly precision: CatalogueNeeds[number]['precision'];
}) {
  const t = catalogueText();
  const recipe = useRecipe((state) => state.recipe);
  const budget = budgetBytes(useMemory((state) => state.budget));
  const key = refused || !planned ? null : `${name}/${JSON.stringify(recipe)}`;
  const needs = useAsync(key, () => readCatalogueNeeds(name, recipe));
  if (refused) return <Tag tone="warning">{errorText(faultFrom(refused)).message}</Tag>;
  if (needs.status === 'failed') return unknown;
  if (needs.status !== 'ready') return <span className={textStyles.quiet}>{t.planned}</span>;
  const found = needs.value?.find((one) => one.precision === precision);
  if (!found || found.peak === null) return unknown;
  const [obstacle] = found.obstacles;
  const over = found.peak > budget;
  return (
    <span className={styles.needs}>
      <span className={styles.precision}>{precisionName(precision)}</span>
      {formatBytes(found.peak)}
      {obstacle ? (
        <span title={noteText(obstacle)}>
          <Tag tone="warning">{t.cannot}</Tag>
        </span>
      ) : (
        <Tag tone={over ? 'warning' : 'good'}>{over ? t.over : t.fits}</Tag>
      )}
    </span>
  );
}

function LookUp({ name }: { readonly name: string }) {
  const t = catalogueText();
  const look = useHub((state) => state.look);
  const here = useModels(({ models }) => models.some(({ origin }) => origin?.name === name));
  if (here) return <Tag tone="good">{t.here}</Tag>;
  return (
    <Button
      size="small"
      icon={<Search size={14} aria-hidden />}
      aria-label={t.lookUpName(name)}
      busy={look.status === 'loading'}
      onClick={() => {
        void lookUpBase(name);
        // The answer appears there.
        document.getElementById(HUB_PANEL)?.scrollIntoView({ block: 'start' });
      }}
    >
      {t.lookUp}
    </Button>
  );
}
