/** Reports how many of the pipelines that a task waits for are compiled. */
import type { Gpu } from '../../engine/gpu/device.ts';
import type { Task } from '../tasks/tasks.ts';

/** Does `work` and meanwhile reports on the task how many of its pipelines are compiled. */
export async function tellCompiling<T>(
  gpu: Gpu,
  task: Pick<Task, 'progress'>,
  work: () => Promise<T>,
): Promise<T> {
  const before = gpu.pipelines.count;
  const stop = gpu.pipelines.onCount(({ asked, made }) => {
    const wanted = asked - before.made;
    const done = made - before.made;
    if (done < wanted) task.progress(null, { code: 'compiling', done, total: wanted });
  });
  try {
    return await work();
  } finally {
    stop();
  }
}
