/** The columns in which findings of a shortcut check are shown, with what each says in a sentence. */
import type { Shortcut, ShortcutFinding } from '../../../contract/evaluation.ts';
import { formatFixed, formatInteger } from '../../shared/format.ts';
import type { Column } from '../../shared/Table.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { formatInterval } from '../MetricName.tsx';
import { shortcutText } from './text-shortcuts.ts';
import figuresStyles from '../figures.module.css';
import styles from './ShortcutCard.module.css';

export interface FindingRow {
  readonly shortcut: Shortcut;
  readonly finding: ShortcutFinding | null;
  /** Questions to which the variation applies, and how many of them were asked, where not all were. */
  readonly applies?: number;
  readonly answered?: number;
}

export function findingColumns<Row extends FindingRow>(): readonly Column<Row>[] {
  const t = shortcutText();
  const share = (part: (finding: ShortcutFinding) => number) =>
    function Share({ finding }: Row) {
      return finding && t.share(part(finding), finding.items);
    };
  return [
    {
      key: 'variation',
      header: t.variation,
      rowHeader: true,
      cell: ({ shortcut }) => (
        <span className={figuresStyles.metric}>
          {t.names[shortcut]} <InfoTip about={t.names[shortcut]} text={t.help[shortcut]} />
        </span>
      ),
    },
    {
      key: 'questions',
      header: t.questions,
      align: 'end',
      cell: ({ finding, applies = finding?.items ?? 0, answered = applies }) =>
        answered < applies ? t.asked(answered, applies) : formatInteger(applies),
    },
    {
      key: 'before',
      header: t.before,
      align: 'end',
      cell: share(({ rightBefore }) => rightBefore),
    },
    { key: 'after', header: t.after, align: 'end', cell: share(({ rightAfter }) => rightAfter) },
    {
      key: 'changed',
      header: t.changed,
      align: 'end',
      cell: ({ finding }) =>
        finding && (
          <span className={figuresStyles.score}>
            <span>{t.share(finding.changed, finding.items)}</span>
            <span className={figuresStyles.form}>
              {formatInterval({ value: 0, interval: finding.interval }, null)}
            </span>
          </span>
        ),
    },
    {
      key: 'says',
      header: t.says,
      cell: ({ finding }) => finding && <span className={styles.says}>{wordsOf(finding)}</span>,
    },
  ];
}

/** What a finding says, in a sentence. */
function wordsOf({ changed, items, difference, says }: ShortcutFinding): string {
  const points = formatFixed(Math.abs(difference?.value ?? 0) * 100, 1);
  return shortcutText().saying[says]({ changed, items, points });
}
