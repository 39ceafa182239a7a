/** Counts what a piece of work asks of WebGPU, whichever library asks. */

/** What was counted. */
export interface CommandCount {
  readonly dispatches: number;
  readonly submits: number;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Replaces a method by one that calls `count` first; returns what puts the old one back. */
function wrap(owner: object, name: string, count: () => void): () => void {
  const before: unknown = Reflect.get(owner, name);
  if (typeof before !== 'function') throw new TypeError(`${name} is no method`);
  const counted: Method = function (this: unknown, ...args: unknown[]) {
    count();
    return Reflect.apply(before, this, args);
  };
  Reflect.set(owner, name, counted);
  return () => {
    Reflect.set(owner, name, before);
  };
}

/**
 * Runs `work` and counts the compute dispatches and submissions of all libraries together.
 *
 * @returns null where the WebGPU classes cannot be watched
 */
export async function countCommands(work: () => Promise<void>): Promise<CommandCount | null> {
  let dispatches = 0;
  let submits = 0;
  const restore: (() => void)[] = [];
  try {
    const pass: object = GPUComputePassEncoder.prototype;
    const count = (): void => {
      dispatches += 1;
    };
    restore.push(wrap(pass, 'dispatchWorkgroups', count));
    restore.push(wrap(pass, 'dispatchWorkgroupsIndirect', count));
    restore.push(
      wrap(GPUQueue.prototype, 'submit', () => {
        submits += 1;
      }),
    );
  } catch {
    for (const back of restore) back();
    await work();
    return null;
  }
  try {
    await work();
  } finally {
    for (const back of restore) back();
  }
  return { dispatches, submits };
}
