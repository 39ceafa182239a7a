/** What work in the queue is called in the page's language. */
import { toast } from 'sonner';
import type { Work } from '../../studio/queue/queued-work.ts';
import { queueText } from './text.ts';

export function workName(work: Work): string {
  const t = queueText();
  switch (work.kind) {
    case 'run':
    case 'grid':
      return work.name;
    case 'measurement': {
      const [first, ...others] = work.states;
      const label = first?.label ?? '';
      return others.length > 0 ? t.andMore(label, others.length) : label;
    }
    case 'result':
      return work.label;
    case 'shortcuts':
      return t.shortcutsOf(work.label);
  }
}

/** Says that work waits, where it does. */
export function tellWaiting(name: string, waits: boolean): void {
  if (waits) toast(queueText().added(name));
}
