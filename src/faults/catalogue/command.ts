/** Faults of the command line: what was typed, and what lies on the disk where it points. */
import type { AtPath } from './shapes.ts';

export interface CommandFaults {
  'command-unknown': { readonly command: string; readonly known: readonly string[] };
  'command-option': { readonly option: string; readonly command: string } & OptionFlaw;
  'command-argument': { readonly command: string } & ArgumentFlaw;
  'path-missing': AtPath;
  'path-unusable': AtPath & UnusableReason;
  'data-none': AtPath;
  'model-not-here': { readonly model: string; readonly folder: string };
  'run-folder-taken': AtPath;
  'run-folder-missing': AtPath;
  'prepared-taken': AtPath & TakenReason;
  'prepared-changed': AtPath & { readonly dataSet: string };
  'prepared-invalid': { readonly file: string; readonly where: string };
  'prepared-damaged': { readonly file: string };
  'prepared-other': AtPath & OtherReason;
  'bundle-too-large': { readonly dataSet: string; readonly bytes: number };
  'run-other-base': { readonly run: string; readonly model: string };
  'stages-not-alike': AtPath;
  'compare-other-vocabulary': {
    readonly model: string;
    readonly tokens: number;
    readonly other: string;
    readonly otherTokens: number;
  };
}

/** What is wrong with an option. @inline */
type OptionFlaw =
  | { readonly reason: 'unknown' }
  | { readonly reason: 'value-missing' }
  | { readonly reason: 'missing' }
  | { readonly reason: 'value'; readonly value: string; readonly known: readonly string[] }
  | { readonly reason: 'number'; readonly value: string };

/** What is wrong with what follows a command. @inline */
type ArgumentFlaw =
  | { readonly reason: 'missing'; readonly argument: string }
  | { readonly reason: 'extra'; readonly argument: string };

/** Why the system gives or takes no file there; the path is empty where it does not say. @inline */
type UnusableReason =
  | { readonly reason: 'full' }
  | { readonly reason: 'denied' }
  | { readonly reason: 'folder' }
  | { readonly reason: 'no-folder' };

/** Why nothing can be prepared in a folder. @inline */
type TakenReason =
  | { readonly reason: 'done' }
  | { readonly reason: 'other' }
  | { readonly reason: 'files' };

/** What prepared records were made with that a run is not. @inline */
type OtherReason =
  | { readonly reason: 'tokenizer' }
  | { readonly reason: 'template' }
  | { readonly reason: 'rules' }
  | { readonly reason: 'records' };
