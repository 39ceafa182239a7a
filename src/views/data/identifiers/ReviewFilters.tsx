/** Filters above the list of findings, and the search in them. */
import type { Certainty, Decision } from '../../../contract/identifiers.ts';
import type { FindingFilter } from '../../../studio/identifiers/identifiers.ts';
import { Select } from '../../shared/controls/Select.tsx';
import { SearchField } from '../records/SearchField.tsx';
import { passing, sum } from './counts.ts';
import { certaintyNames, decisionNames, identifiersText } from './text-identifiers.ts';
import type { Review } from './use-review.ts';
import listStyles from '../list.module.css';
import styles from './ReviewFilters.module.css';
import textStyles from '../../shared/text.module.css';

const certainties: readonly Certainty[] = ['unsure', 'likely', 'sure'];
const decisions: readonly Decision[] = ['open', 'replace', 'keep'];
const languages = ['en', 'zh'] as const;

export function ReviewFilters({ review }: { readonly review: Review }) {
  const t = identifiersText();
  const { places, setFilter } = review;
  const languageNames = { en: t.english, zh: t.chinese };
  return (
    <div className={listStyles.tools} role="group" aria-label={t.filters}>
      <FilterSelect
        of="certainty"
        label={t.certainty}
        {...{ review }}
        names={certaintyNames()}
        values={certainties}
      />
      <FilterSelect
        of="decision"
        label={t.decision}
        {...{ review }}
        names={decisionNames()}
        values={decisions}
      />
      <FilterSelect
        of="language"
        label={t.language}
        {...{ review }}
        names={languageNames}
        values={languages}
      />
      <SearchField
        label={t.search}
        onSearch={(text) => setFilter({ text })}
        onClear={() => setFilter({ text: '' })}
      />
      <span className={textStyles.quietSmall} role="status">
        {places !== null && t.shown(places.length)}
      </span>
    </div>
  );
}

interface FilterSelectProps<K extends 'certainty' | 'decision' | 'language'> {
  readonly of: K;
  readonly label: string;
  readonly review: Review;
  readonly values: readonly NonNullable<FindingFilter[K]>[];
  readonly names: Readonly<Record<NonNullable<FindingFilter[K]>, string>>;
}

/** One filter as a choice, each with the number of findings that it would leave. */
function FilterSelect<K extends 'certainty' | 'decision' | 'language'>({
  of,
  label,
  review: { counts, filter, setFilter },
  values,
  names,
}: FilterSelectProps<K>) {
  const t = identifiersText();
  const would = (value: FindingFilter[K]): number =>
    sum(passing(counts, { ...filter, [of]: value }));
  const chosen = filter[of] ?? 'any';
  return (
    <label className={styles.filter}>
      <span>{label}</span>
      <Select
        size="small"
        value={chosen}
        choices={[
          { value: 'any', label: t.any },
          ...values.map((value) => ({
            value: value as string,
            label: t.withCount(names[value], would(value)),
          })),
        ]}
        onChange={(value) => setFilter({ [of]: value === 'any' ? null : value })}
      />
    </label>
  );
}
