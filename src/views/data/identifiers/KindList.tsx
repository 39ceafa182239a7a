/** The kinds of identifiers with their counts, as a mail client lists its folders; and how a kind is replaced. */
import { clsx } from 'clsx';
import { KINDS, useWays } from '../../../studio/identifiers/ways.ts';
import type { FindingCount, IdentifierKind, Way } from '../../../contract/identifiers.ts';
import { formatInteger } from '../../shared/format.ts';
import { SelectField, type Choice } from '../../shared/controls/Select.tsx';
import { identifiersText, kindNames, wayNames } from './text-identifiers.ts';
import { passing, sum } from './counts.ts';
import type { Review } from './use-review.ts';
import styles from './KindList.module.css';

export function KindList({ review: { counts, filter, setFilter } }: { readonly review: Review }) {
  const t = identifiersText();
  const listed = passing(counts, { ...filter, kind: null });
  const entries = [
    { kind: null, name: t.all, of: listed },
    ...KINDS.filter((kind) => counts.some((one) => one.kind === kind)).map((kind) => ({
      kind,
      name: kindNames()[kind],
      of: listed.filter((one) => one.kind === kind),
    })),
  ];
  return (
    <div className={styles.kinds}>
      <ul className={styles.list} aria-label={t.kinds}>
        {entries.map(({ kind, name, of }) => (
          <li key={name}>
            <button
              type="button"
              className={clsx(styles.kind, kind === filter.kind && styles.chosen)}
              aria-pressed={kind === filter.kind}
              onClick={() => setFilter({ kind })}
            >
              <span>{name}</span>
              <span className={styles.count}>{formatInteger(sum(of))}</span>
              <Open of={of} />
            </button>
          </li>
        ))}
      </ul>
      <KindWay kind={filter.kind} />
    </div>
  );
}

function Open({ of }: { readonly of: readonly FindingCount[] }) {
  const open = sum(of.filter(({ decision }) => decision === 'open'));
  return open > 0 && <span className={styles.open}>{identifiersText().openOf(open)}</span>;
}

/** By what a kind, or every kind, is replaced. */
function KindWay({ kind }: { readonly kind: IdentifierKind | null }) {
  const t = identifiersText();
  const { ways, set } = useWays();
  const first = ways[kind ?? 'NAME'];
  const same = kind !== null || KINDS.every((one) => ways[one] === first);
  const choices: Choice<Way | 'differs'>[] = (['surrogate', 'kind', 'leave'] as const).map(
    (way) => ({ value: way, label: wayNames()[way] }),
  );
  if (!same) choices.unshift({ value: 'differs', label: t.differs, disabled: true });
  return (
    <SelectField
      className={styles.way}
      label={kind === null ? t.allReplacedBy : t.replacedBy(kindNames()[kind])}
      value={same ? first : 'differs'}
      choices={choices}
      onChange={(way) => way !== 'differs' && set(kind, way)}
    />
  );
}
