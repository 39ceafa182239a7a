/** The seven steps with a mark on each. */
import { clsx } from 'clsx';
import { Link, useLocation } from 'wouter';
import { useNetwork } from '../../studio/network.ts';
import { identifiersPath, judgePath, steps, type StepPath } from './steps.ts';
import { shellText } from './text.ts';
import { useMarks } from './use-marks.ts';
import styles from './Rail.module.css';
import textStyles from '../shared/text.module.css';

/** Never translated. */
const brand = { name: 'MedCare', product: 'Studio' }; // words: names

const BELONGS: Readonly<Record<string, StepPath>> = {
  [judgePath]: '/evaluate',
  [identifiersPath]: '/data',
};

/** The seven steps with a mark on each. */
export function Rail() {
  const [location] = useLocation();
  const marks = useMarks();
  const judge = useNetwork((state) => state.judge);
  const t = shellText();
  return (
    <nav className={styles.rail} aria-label={t.steps}>
      <div className={styles.brand}>
        <BrandMark />
        <span>
          {brand.name} <span className={styles.studio}>{brand.product}</span>
        </span>
      </div>
      <ol className={styles.steps}>
        {steps.map(({ path, icon: Icon }) => {
          // Pages that are reached from a step belong to it.
          const current = location === path || BELONGS[location] === path;
          const mark = marks[path];
          return (
            <li key={path}>
              <Link
                href={path}
                className={clsx(styles.step, current && styles.stepCurrent)}
                aria-current={location === path ? 'page' : undefined}
              >
                <Icon size={18} aria-hidden className={styles.icon} />
                <span className={styles.name}>{t.names[path]}</span>
                <span className={styles.mark} data-mark={mark} title={t.marks[mark]}>
                  <span className={textStyles.hidden}>({t.marks[mark]})</span>
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
      <p className={styles.foot}>{judge === null ? t.foot : t.awayTo(new URL(judge).host)}</p>
    </nav>
  );
}

/** The frozen base, and the two branches that the first stage trains beside it. */
function BrandMark() {
  return (
    <svg
      width="22"
      height="22"
      viewBox="4 3 24 26"
      fill="none"
      strokeWidth="4"
      strokeLinecap="round"
      aria-hidden
    >
      <path d="M16 27V5" stroke="var(--branch-base)" />
      <path d="M16 21C8 21 7 15 7 8" stroke="var(--branch-ka)" />
      <path d="M16 21C24 21 25 15 25 8" stroke="var(--branch-na)" />
    </svg>
  );
}
