import { useDevice } from '../../studio/device.ts';
import { planMemory } from '../../studio/models.ts';
import { useRecipe } from '../../studio/recipe.ts';
import type { MemoryReport, ModelSummary } from '../../worker/protocol.ts';
import { Card, Facts } from '../shared/Card.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { formatBytes, formatInteger } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { useAsync } from '../shared/use-async.ts';
import { asksForTemplate, TemplateButtons } from './TemplateButtons.tsx';

type Role = keyof MemoryReport['stages'][number]['bytes'];

/** Roles in the words of the page, in the order in which they are listed. */
const roles: readonly { role: Role; name: string }[] = [
  { role: 'weights', name: 'Base weights' },
  { role: 'branches', name: 'Branches' },
  { role: 'gradients', name: 'Gradients' },
  { role: 'moments', name: 'Optimiser moments' },
  { role: 'activations', name: 'Activations' },
  { role: 'cache', name: 'Key-value cache' },
  { role: 'inputs', name: 'Inputs' },
  { role: 'results', name: 'Results' },
  { role: 'uniforms', name: 'Parameters of kernels' },
  { role: 'readback', name: 'Read-back' },
];

/** What a run of the current recipe will allocate on the GPU, item by item, beside the device's limits. */
export function MemoryPlan({ model }: { readonly model: ModelSummary }) {
  const recipe = useRecipe((state) => state.recipe);
  const plan = useAsync(
    `${model.id}/${model.template}/${model.precision}/${JSON.stringify(recipe)}`,
    () => planMemory(model.id, recipe),
  );
  return (
    <Card title="Memory on the GPU" aside={`recipe “${recipe.name}”`}>
      {plan.status === 'failed' && (
        <ErrorNotice
          error={plan.error}
          actions={asksForTemplate(plan.error) && <TemplateButtons model={model} />}
        />
      )}
      {(plan.status === 'loading' || plan.status === 'idle') && (
        <Loading what="memory plan" height={360} />
      )}
      {plan.status === 'ready' && <Plan plan={plan.value} />}
    </Card>
  );
}

interface PlanRow {
  readonly name: string;
  readonly bytes: readonly number[];
}

function Plan({ plan }: { readonly plan: MemoryReport }) {
  const report = useDevice((state) => state.report);
  const used = roles.filter(({ role }) => plan.stages.some(({ bytes }) => bytes[role] > 0));
  const rows: PlanRow[] = used.map(({ role, name }) => ({
    name,
    bytes: plan.stages.map(({ bytes }) => bytes[role]),
  }));
  const largest = Math.max(1, ...rows.flatMap(({ bytes }) => bytes));
  const columns: readonly Column<PlanRow>[] = [
    { key: 'name', header: 'Item', rowHeader: true, cell: ({ name }) => name },
    ...plan.stages.map(({ name }, index) => ({
      key: `${index}`,
      header: `${index + 1} ${name}`,
      align: 'end' as const,
      cell: ({ bytes }: PlanRow) => (
        <span className="plan-bytes">
          <span className="plan-bytes__track" aria-hidden>
            <span
              className={`plan-bytes__bar plan-bytes__bar--${index === 0 ? 'first' : 'later'}`}
              style={{ transform: `scaleX(${(bytes[index] ?? 0) / largest})` }}
            />
          </span>
          <span className="plan-bytes__value">{formatBytes(bytes[index] ?? 0)}</span>
        </span>
      ),
    })),
  ];
  const binding = plan.stages
    .map(({ largestBinding }) => largestBinding)
    .reduce((most, item) => (item.bytes > most.bytes ? item : most), { name: '–', bytes: 0 });
  return (
    <div className="plan">
      {plan.obstacles.length > 0 ? (
        <Notice tone="error" title="This recipe does not fit this device.">
          <ul className="plan__obstacles">
            {plan.obstacles.map((obstacle) => (
              <li key={obstacle}>{obstacle}</li>
            ))}
          </ul>
        </Notice>
      ) : (
        <Notice
          tone="good"
          compact
          title={`Within the device's limits. Peak ${formatBytes(plan.peak)}.`}
        />
      )}
      <Table
        caption="Planned bytes by item and stage"
        columns={columns}
        rows={rows}
        rowKey={({ name }) => name}
        footer={
          <tr>
            <th scope="row">Total</th>
            {plan.stages.map(({ name, total }) => (
              <td key={name} className="ui-end">
                {formatBytes(total)}
              </td>
            ))}
          </tr>
        }
      />
      <Facts
        items={[
          {
            name: 'Largest binding',
            value: `${formatBytes(binding.bytes)} (${binding.name}) of ${formatBytes(plan.maxBindingBytes)} allowed`,
          },
          { name: 'Largest buffer allowed', value: formatBytes(plan.maxBufferBytes) },
          {
            name: 'Trainable parameters',
            value: plan.stages
              .map(({ trainableParameters }) => formatInteger(trainableParameters))
              .join(', then '),
          },
          {
            name: 'Dispatches per micro-batch',
            value: plan.stages
              .map(({ dispatchesPerMicroBatch }) => formatInteger(dispatchesPerMicroBatch))
              .join(', then '),
          },
        ]}
      />
      <p className="plan__note">
        WebGPU does not tell how much memory a device has; the first step, on the longest records,
        shows whether the peak is there.
        {report?.adapter.software && ' A software adapter uses the main memory of this computer.'}
      </p>
    </div>
  );
}
