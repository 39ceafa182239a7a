/** The list of all commands. */
import { chat } from './chat.ts';
import type { Command } from './command.ts';
import { compareModels } from './compare.ts';
import { doctor } from './doctor.ts';
import { evaluateState } from './evaluate.ts';
import { exportState } from './export.ts';
import { handOff } from './hand-off.ts';
import { identifiers } from './identifiers.ts';
import { inspect } from './inspect.ts';
import { plan } from './plan.ts';
import { prepareRecords } from './prepare.ts';
import { resume } from './resume.ts';
import { trainRecipe } from './train.ts';

export const commands = {
  train: trainRecipe,
  resume,
  plan,
  prepare: prepareRecords,
  'hand-off': handOff,
  doctor,
  inspect,
  identifiers,
  chat,
  evaluate: evaluateState,
  export: exportState,
  compare: compareModels,
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;
