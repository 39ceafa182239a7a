/** Leads through the worked example: on each page one sentence of what to look at, and the way to the next. */
import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { readPreference, writePreference } from '../../studio/preferences.ts';
import { buttonLook } from '../shared/controls/Button.tsx';
import { Notice } from '../shared/Notice.tsx';
import { named } from '../shared/words/marks.ts';
import { exampleText } from './text.ts';

const PATH = ['/train', '/experts', '/evaluate', '/chat', '/data'] as const;
const KNOWN = 'example-known';

export function ExampleGuide() {
  const [location] = useLocation();
  const [hidden, setHidden] = useState(
    () => readPreference(KNOWN, (value) => (value === true ? true : null)) ?? false,
  );
  const at = PATH.findIndex((path) => path === location);
  const here = PATH[at];
  if (hidden || here === undefined) return null;
  const t = exampleText();
  const next = PATH[at + 1];
  return (
    <Notice
      tone="info"
      title={t.title}
      onDismiss={() => {
        writePreference(KNOWN, true);
        setHidden(true);
      }}
      {...(next !== undefined &&
        next !== '/train' && {
          actions: (
            <Link href={next} className={buttonLook('secondary', 'small')}>
              {named(t.next, t.names[next])} <ArrowRight size={14} aria-hidden />
            </Link>
          ),
        })}
    >
      <p>{t.pages[here]}</p>
    </Notice>
  );
}
