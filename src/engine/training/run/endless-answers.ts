/** Whether the sample answers of a run come to an end: losses do not show it. */

/** Sample answers of one state. */
interface Answered {
  readonly snapshot: string;
  /** Whether each ran on to the limit of tokens. */
  readonly endless?: readonly boolean[];
}

/**
 * The number of answers of the last trained state if none of them came to an end by itself; 0 where one did, or where
 * nothing is known.
 * @param points in the order of training
 */
export function endlessAnswers(points: readonly Answered[]): number {
  const { endless = [] } = points.findLast(({ snapshot }) => snapshot !== 'base') ?? {};
  return endless.every(Boolean) ? endless.length : 0;
}
