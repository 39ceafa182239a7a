/** Calls the command line `medcare` in this process and reads its JSON lines, for programs that drive it. */
import type { RunSummary } from '../../src/contract/runs.ts';
import type { StepMetrics, TrainEvent, ValidationPoint } from '../../src/engine/index.ts';
import type { EvaluationFigures } from '../../src/engine/evaluation/report.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { main } from '../../src/cli/medcare.ts';
import { processShell } from '../../src/cli/shell.ts';
import { openOwnDevice } from '../device.ts';

/** What is read of the JSON lines of the commands. */
export type Said =
  | { readonly type: 'fault'; readonly message: string; readonly remedy: string }
  | {
      readonly type: 'run';
      /** As train and resume begin. */
      readonly adapter?: string;
      readonly software?: boolean;
      /** As inspect finds it. */
      readonly run?: RunSummary;
    }
  | Extract<TrainEvent, { readonly type: 'stage-start' }>
  | (StepMetrics & {
      readonly type: 'step';
      readonly tokensPerSecond: number;
      readonly millisecondsLeft: number | null;
    })
  | (Omit<ValidationPoint, 'records'> & { readonly type: 'validation' })
  | { readonly type: 'stage-end'; readonly stage: number }
  | { readonly type: 'done' }
  | (EvaluationFigures & { readonly type: 'scores' })
  /** The largest difference is null where it is no number. */
  | { readonly type: 'comparison'; readonly questions: number; readonly largest: number | null };

type Line<T extends Said['type']> = Extract<Said, { readonly type: T }>;

/** Someone interrupted a command, which kept what it had. */
export class Interrupted extends Error {}

/**
 * Runs a command.
 * @param hear hears each JSON line as it comes
 * @returns its JSON lines
 * @throws Error what the command says went wrong; Interrupted
 */
export async function medcare(
  args: readonly string[],
  hear: (said: Said) => void = () => undefined,
): Promise<readonly Said[]> {
  const lines: Said[] = [];
  const code = await main([...args, '--json', '--language', 'en'], {
    ...processShell(),
    out: {
      write: (text) => {
        const said = JSON.parse(text) as Said;
        lines.push(said);
        hear(said);
      },
    },
    openGpu: () => openOwnDevice(),
  });
  if (code === EXIT.interrupted) throw new Interrupted(`medcare ${args[0] ?? ''} was interrupted`);
  const wrong = lines.find(({ type }) => type === 'fault');
  if (wrong?.type === 'fault') throw new Error(`${wrong.message} ${wrong.remedy}`);
  if (code !== EXIT.done) throw new Error(`medcare ${args.join(' ')} ended with ${code}`);
  return lines;
}

/** The last line of a type. @throws Error where the command said none */
export function lastOf<T extends Said['type']>(lines: readonly Said[], type: T): Line<T> {
  const found = lines.findLast((line): line is Line<T> => line.type === type);
  if (!found) throw new Error(`the command said nothing of type ${type}`);
  return found;
}
