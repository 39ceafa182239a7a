/** Trains into a folder before a person's eyes: progress, interrupts, and the archive at the end. */
import type { RunSummary } from '../../contract/runs.ts';
import { deviceOf } from '../../engine/face/gpu.ts';
import { adapterName } from '../../engine/gpu/adapter-name.ts';
import type { EngineGpu, ResumePoint, TrainEvent } from '../../engine/index.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../interrupt.ts';
import { TrainingProgress } from '../progress.ts';
import type { Shell } from '../shell.ts';
import type { Terminal } from '../terminal.ts';
import { duration, loss, whole } from '../words/figures.ts';
import { runWords } from '../words/report-words.ts';
import { writeRunArchive } from './run-archive.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunInputs } from './run-inputs.ts';
import type { TokenisedRun } from './tokenised.ts';
import { trainInto } from './training.ts';

export interface Drive {
  readonly gpu: EngineGpu;
  readonly inputs: RunInputs;
  readonly tokenised: TokenisedRun;
  readonly resume: ResumePoint | null;
}

/** @returns the exit code */
export async function drive(
  folder: RunFolder,
  job: Drive,
  shell: Shell,
  terminal: Terminal,
): Promise<number> {
  const words = runWords();
  const begun = performance.now();
  const progress = new TrainingProgress();
  const { adapter } = deviceOf(job.gpu);
  terminal.value({
    ...{ type: 'run', id: folder.summary.id, folder: folder.path },
    ...{ adapter: adapterName(adapter), software: adapter.software },
  });
  const done = await interruptible(
    shell,
    () => terminal.note(words.ending),
    (signal) =>
      trainInto(folder, {
        ...job,
        signal,
        hear: (event, stages) => tell(event, stages, progress, terminal),
      }),
  ).finally(() => {
    terminal.endStatus();
  });
  const archive = await writeRunArchive(folder);
  if (done) terminal.say(words.done(duration(performance.now() - begun)));
  else terminal.say(words.stopped(folder.path));
  terminal.say(words.archive(archive));
  terminal.value({ type: done ? 'done' : 'interrupted', folder: folder.path, archive });
  return done ? EXIT.done : EXIT.interrupted;
}

/** Says what has happened, in words and as JSON. */
function tell(
  event: TrainEvent,
  stages: RunSummary['stages'],
  progress: TrainingProgress,
  terminal: Terminal,
): void {
  const words = runWords();
  switch (event.type) {
    case 'stage-start': {
      const { stage, name, records, steps, stepsDone } = event;
      terminal.say(words.stage(stage + 1, name, whole(records), whole(steps)));
      if (stepsDone > 0) terminal.say(words.resumed(stage + 1, whole(stepsDone)));
      terminal.value({ ...event });
      break;
    }
    case 'step':
      progress.step(event.metrics, stages);
      terminal.status(progress.line);
      terminal.value({ type: 'step', ...event.metrics, ...progress.now });
      break;
    case 'validation': {
      const { records: _records, ...point } = event.point;
      const { snapshot, knowledge, alignment } = point;
      if (snapshot !== 'training')
        terminal.say(words.validation(snapshot, loss(knowledge), loss(alignment)));
      terminal.value({ type: 'validation', ...point });
      break;
    }
    case 'checkpoint':
    case 'best':
    case 'stage-end':
      terminal.value({
        type: event.type,
        stage: event.stage,
        ...('step' in event && { step: event.step }),
      });
      break;
    case 'growth':
    case 'samples':
    case 'stopped':
    case 'done':
      break;
  }
}
