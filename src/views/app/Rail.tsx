import { Link, useLocation } from 'wouter';
import { classes } from '../shared/classes.ts';
import { steps, type Mark } from './steps.ts';
import { useMarks } from './use-marks.ts';

const words: Readonly<Record<Mark, string>> = {
  empty: 'nothing yet',
  ready: 'ready',
  running: 'under way',
  done: 'done',
  attention: 'needs attention',
};

/** The seven steps with a mark on each. */
export function Rail() {
  const [location] = useLocation();
  const marks = useMarks();
  return (
    <nav className="rail" aria-label="Steps">
      <div className="rail__brand">
        <BrandMark />
        <span>
          MedCare <span className="rail__studio">Studio</span>
        </span>
      </div>
      <ol className="rail__steps">
        {steps.map(({ path, name, icon: Icon }) => {
          const current = location === path;
          const mark = marks[path];
          return (
            <li key={path}>
              <Link
                href={path}
                className={classes('rail__step', current && 'rail__step--current')}
                aria-current={current ? 'page' : undefined}
              >
                <Icon size={18} aria-hidden className="rail__icon" />
                <span className="rail__name">{name}</span>
                <span className={`rail__mark rail__mark--${mark}`} title={words[mark]}>
                  <span className="ui-hidden">({words[mark]})</span>
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
      <p className="rail__foot">Your data never leaves this browser.</p>
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
