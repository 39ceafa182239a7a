/** Names of tasks that page and worker both know. */

/** The task that reports what a run does before its first step, whoever started it. */
export const START_TASK = 'runs.start';
