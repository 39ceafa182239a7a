/** The tasks by which a run counts its routing. */

/** Routing is counted for this many of the most frequent tasks; all others are counted together. */
const MAX_TASKS = 32;
export const OTHER_TASKS = 'other tasks';

/** Names of tasks, the most frequent first, equally frequent ones in the order of their letters. */
export function taskNames(counts: ReadonlyMap<string, number>): string[] {
  const names = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([name]) => name);
  return names.length <= MAX_TASKS ? names : [...names.slice(0, MAX_TASKS - 1), OTHER_TASKS];
}

/** As `taskNames`, from the task of each record. */
export function taskNamesOf(tasks: Iterable<string>): string[] {
  const counts = new Map<string, number>();
  for (const task of tasks) counts.set(task, (counts.get(task) ?? 0) + 1);
  return taskNames(counts);
}
