/** Names a run where several stand in a menu: two may have one name, but not one time. */
import type { RunSummary } from '../../../contract/runs.ts';
import { formatTime } from '../format.ts';

/** "Quick look · 3 May, 14:02". */
export function runGroup({ name, createdAt }: Pick<RunSummary, 'name' | 'createdAt'>): string {
  return `${name} · ${formatTime(createdAt)}`;
}
