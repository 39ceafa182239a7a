/** Chooses which counts are added up: part of the stage, layer, linear, task. */
import { useExperts, type RoutingFilter } from '../../studio/experts/experts.ts';
import type { RoutingReport } from '../../contract/experts.ts';
import { Select } from '../shared/controls/Select.tsx';
import { Segmented } from '../shared/controls/Toggle.tsx';
import { expertsText } from './text.ts';
import styles from './RoutingFilters.module.css';
import textStyles from '../shared/text.module.css';

export interface RoutingFiltersProps {
  readonly report: RoutingReport;
  readonly filter: RoutingFilter;
  readonly choices: {
    readonly layers: readonly number[];
    readonly projections: readonly Exclude<RoutingFilter['projection'], null>[];
    readonly tasks: readonly string[];
  };
  readonly decisions: number;
}

export function RoutingFilters({ report, filter, choices, decisions }: RoutingFiltersProps) {
  const t = expertsText();
  const setFilter = useExperts((state) => state.setFilter);
  return (
    <div className={styles.filters}>
      {report.hasParts && <PartChoice />}
      <span className={styles.filter}>
        {t.layer}
        <Select
          size="small"
          aria-label={t.layer}
          value={filter.layer === null ? 'all' : String(filter.layer)}
          choices={[
            { value: 'all', label: t.all },
            ...choices.layers.map((layer) => ({ value: String(layer), label: `${layer + 1}` })),
          ]}
          onChange={(value) => setFilter({ layer: value === 'all' ? null : Number(value) })}
        />
      </span>
      <span className={styles.filter}>
        {t.linear}
        <Segmented
          size="small"
          label={t.linear}
          value={filter.projection ?? 'all'}
          choices={[
            { value: 'all', label: t.all },
            ...choices.projections.map((value) => ({ value, label: value })),
          ]}
          onChange={(value) => setFilter({ projection: value === 'all' ? null : value })}
        />
      </span>
      <span className={styles.filter}>
        {t.task}
        <Select
          size="small"
          aria-label={t.task}
          value={filter.task === null ? 'all:' : `task:${filter.task}`}
          choices={[
            { value: 'all:', label: t.all },
            ...choices.tasks.map((task) => ({ value: `task:${task}`, label: task })),
          ]}
          onChange={(value) => setFilter({ task: value === 'all:' ? null : value.slice(5) })}
        />
      </span>
      <span className={textStyles.quiet}>{t.decisions(decisions)}</span>
      {report.steps && (
        <span className={textStyles.quiet}>{t.steps(report.steps.from, report.steps.to)}</span>
      )}
    </div>
  );
}

/** Counts of the whole stage, of its first steps or of its last. */
function PartChoice() {
  const t = expertsText();
  const part = useExperts((state) => state.part);
  const setPart = useExperts((state) => state.setPart);
  return (
    <span className={styles.filter}>
      {t.when}
      <Segmented
        size="small"
        label={t.when}
        value={part}
        choices={[
          { value: 'whole', label: t.whole },
          { value: 'first', label: t.first },
          { value: 'last', label: t.last },
        ]}
        onChange={setPart}
      />
    </span>
  );
}
