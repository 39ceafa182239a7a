/** The memory plan, item by item, beside the device's limits. */
import { recipeTitle } from '../../studio/evaluation/ablation-words.ts';
import { clsx } from 'clsx';
import { useDevice } from '../../studio/device.ts';
import { planMemory } from '../../studio/models/models.ts';
import { useRecipe } from '../../studio/runs/recipe.ts';
import type { MemoryReport, ModelSummary } from '../../contract/models.ts';
import { Card, Facts } from '../shared/Card.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { formatBytes, formatInteger } from '../shared/format.ts';
import { stageTitle } from '../shared/figures/diagram-text.ts';
import { bufferText, noteText } from '../shared/faults/error-text.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { useAsync } from '../shared/use-async.ts';
import { SpareRoom } from './SpareRoom.tsx';
import { asksForTemplate, TemplateButtons } from './TemplateButtons.tsx';
import { planText } from './text.ts';
import styles from './MemoryPlan.module.css';
import textStyles from '../shared/text.module.css';
import tableStyles from '../shared/Table.module.css';

type Role = keyof MemoryReport['stages'][number]['bytes'];

/** What a run of the current recipe will allocate on the GPU, item by item, beside the device's limits. */
export function MemoryPlan({ model }: { readonly model: ModelSummary }) {
  const t = planText();
  const recipe = useRecipe((state) => state.recipe);
  const plan = useAsync(
    `${model.id}/${model.template}/${model.precision}/${JSON.stringify(recipe)}`,
    () => planMemory(model.id, recipe),
  );
  return (
    <Card title={t.title} aside={t.recipe(recipeTitle(recipe.name))}>
      {plan.status === 'failed' && (
        <ErrorNotice
          error={plan.error}
          actions={asksForTemplate(plan.error) && <TemplateButtons model={model} />}
        />
      )}
      {(plan.status === 'loading' || plan.status === 'idle') && (
        <Loading what={t.loading} height={360} />
      )}
      {plan.status === 'ready' && <Plan model={model} plan={plan.value} />}
    </Card>
  );
}

function Plan({ model, plan }: { readonly model: ModelSummary; readonly plan: MemoryReport }) {
  const t = planText();
  const report = useDevice((state) => state.report);
  return (
    <div className={styles.plan}>
      <div className={styles.planSide}>
        {plan.obstacles.length > 0 ? (
          <Notice tone="error" title={t.tooLarge}>
            <ul className={styles.planObstacles}>
              {plan.obstacles.map((obstacle) => (
                <li key={JSON.stringify(obstacle)}>{noteText(obstacle)}</li>
              ))}
            </ul>
          </Notice>
        ) : (
          <Notice tone="good" compact title={t.fits(formatBytes(plan.peak))} />
        )}
        <PlanTable plan={plan} />
      </div>
      <div className={styles.planSide}>
        <PlanFacts plan={plan} />
        <SpareRoom model={model} plan={plan} />
        <p className={textStyles.quietSmall}>
          {t.note} {report?.adapter.software && t.software}
        </p>
      </div>
    </div>
  );
}

interface PlanRow {
  readonly name: string;
  /** Of each stage. */
  readonly bytes: readonly number[];
}

/** The allocations of each stage, item by item, with bars to the same scale. */
function PlanTable({ plan: { stages } }: { readonly plan: MemoryReport }) {
  const t = planText();
  const roles = Object.keys(stages[0]?.bytes ?? {}) as Role[];
  const used = roles.filter((role) => stages.some(({ bytes }) => bytes[role] > 0));
  const rows: PlanRow[] = used.map((role) => ({
    name: t.roles[role],
    bytes: stages.map(({ bytes }) => bytes[role]),
  }));
  const largest = Math.max(1, ...rows.flatMap(({ bytes }) => bytes));
  const stageColumns = stages.map(({ name }, index): Column<PlanRow> => ({
    key: `${index}`,
    header: `${index + 1} ${stageTitle(name)}`,
    align: 'end',
    cell: ({ bytes }) => <Bytes bytes={bytes[index] ?? 0} of={largest} first={index === 0} />,
  }));
  return (
    <Table
      caption={t.caption}
      columns={[
        { key: 'name', header: t.item, rowHeader: true, cell: ({ name }) => name },
        ...stageColumns,
      ]}
      rows={rows}
      rowKey={({ name }) => name}
      footer={
        <tr>
          <th scope="row">{t.total}</th>
          {stages.map(({ name, total }) => (
            <td key={name} className={tableStyles.end}>
              {formatBytes(total)}
            </td>
          ))}
        </tr>
      }
    />
  );
}

/** Bytes as a number and as a bar; the first stage has a separate colour. */
function Bytes({
  bytes,
  of,
  first,
}: {
  readonly bytes: number;
  readonly of: number;
  readonly first: boolean;
}) {
  return (
    <span className={styles.planBytes}>
      <span className={styles.planBytesTrack} aria-hidden>
        <span
          className={clsx(
            styles.planBytesBar,
            first ? styles.planBytesBarFirst : styles.planBytesBarLater,
          )}
          style={{ transform: `scaleX(${bytes / of})` }}
        />
      </span>
      <span className={styles.planBytesValue}>{formatBytes(bytes)}</span>
    </span>
  );
}

/** The largest binding and buffer beside the device's limits, and how much trains. */
function PlanFacts({ plan }: { readonly plan: MemoryReport }) {
  const t = planText();
  const binding = plan.stages
    .map(({ largestBinding }) => largestBinding)
    .reduce((most, item) => (item.bytes > most.bytes ? item : most), { name: '', bytes: 0 });
  const limit = formatBytes(plan.maxBindingBytes);
  const byStage = (counts: readonly number[]) => counts.map(formatInteger).join(t.then);
  return (
    <Facts
      items={[
        {
          name: t.binding,
          value: t.bindingOf(formatBytes(binding.bytes), bufferText(binding.name), limit),
        },
        { name: t.buffer, value: formatBytes(plan.maxBufferBytes) },
        {
          name: t.trainable,
          value: byStage(plan.stages.map(({ trainableParameters }) => trainableParameters)),
        },
        {
          name: t.dispatches,
          value: byStage(plan.stages.map(({ dispatchesPerMicroBatch }) => dispatchesPerMicroBatch)),
        },
      ]}
    />
  );
}
