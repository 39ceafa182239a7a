/** What may be wrong with a hub, its answers and what comes from it, in the studio's terms. */
import { StudioError } from '../../errors.ts';
import type { ErrorData } from '../../errors.ts';

const KEPT = 'Models already in the studio.';
const KEPT_PART = 'Models already in the studio, and what was downloaded so far.';

function hubError(
  code: string,
  message: string,
  remedy: string,
  { kept = KEPT, ...data }: ErrorData & { readonly kept?: string } = {},
): StudioError {
  return new StudioError({ code: `hub-${code}`, message, kept, remedy, data });
}

/** Something that stood in an answer or was typed, short enough for a sentence. */
const shown = (text: string): string => text.slice(0, 160);

export function badAddress(address: string): StudioError {
  return hubError(
    'address',
    `"${shown(address)}" cannot be the address of a hub.`,
    'Give an https address, such as https://huggingface.co; plain http is taken on this computer only (127.0.0.1 or localhost).',
    { address: shown(address) },
  );
}

export function badName(name: string): StudioError {
  return hubError(
    'name',
    `"${shown(name)}" is no model of a hub.`,
    'Write owner/name, such as Qwen/Qwen2.5-0.5B-Instruct, with @revision behind it if you want one; or paste the address of its page.',
    { name: shown(name) },
  );
}

export function otherHub(typed: string, hub: string): StudioError {
  return hubError(
    'elsewhere',
    `That address is on ${shown(typed)}; the hub in use is ${hub}.`,
    `Set the hub address to ${shown(typed)} under "Hub address", or write owner/name.`,
    { typed: shown(typed), hub },
  );
}

export function unreachable(hub: string, thrown: unknown): StudioError {
  const online = (globalThis.navigator as { readonly onLine?: boolean } | undefined)?.onLine;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new StudioError(
    {
      code: 'hub-unreachable',
      message:
        online === false
          ? `This computer is offline; ${hub} cannot be asked.`
          : `${hub} did not answer.`,
      kept: KEPT_PART,
      remedy:
        online === false
          ? 'Try again when there is a connection; models in the studio work without one.'
          : 'Check the connection and the hub address. A hub of your own has to allow requests from other pages (CORS).',
      data: { hub, detail: shown(detail), offline: online === false },
    },
    { cause: thrown },
  );
}

export function missingModel(name: string, hub: string): StudioError {
  return hubError(
    'missing',
    `There is no ${name} on ${hub} that everybody may read.`,
    'Check how the name is written. A private model has to be downloaded where you are signed in; then drop its folder here.',
    { name, hub },
  );
}

export function missingRevision(name: string, revision: string): StudioError {
  return hubError(
    'revision-missing',
    `${name} has no revision "${shown(revision)}".`,
    'Leave the revision out, or give a branch, tag or commit of this model.',
    { name, revision: shown(revision) },
  );
}

export function gatedModel(name: string, hub: string): StudioError {
  return hubError(
    'gated',
    `${name} is gated: its owner gives it only to people who signed in and accepted its terms.`,
    `The studio signs in nowhere. Accept the terms on ${hub}, download the folder there, and drop it here.`,
    { name, hub },
  );
}

export function privateModel(name: string, hub: string): StudioError {
  return hubError(
    'private',
    `${name} is private.`,
    `The studio signs in nowhere. Download the folder where you are signed in to ${hub}, and drop it here.`,
    { name, hub },
  );
}

export function missingFile(path: string): StudioError {
  return hubError(
    'file-missing',
    `The hub listed ${shown(path)} but does not have it.`,
    'Look the model up again; it may have been changed or removed.',
    { path: shown(path), kept: KEPT_PART },
  );
}

export function busy(hub: string, status: number, seconds: number | null): StudioError {
  return hubError(
    'busy',
    `${hub} is busy or limits how much one may ask (status ${status}).`,
    seconds === null ? 'Try again in a few minutes.' : `Try again in ${seconds} seconds.`,
    { hub, status, ...(seconds === null ? {} : { seconds }), kept: KEPT_PART },
  );
}

export function refused(hub: string, status: number): StudioError {
  return hubError(
    'refused',
    `${hub} refused with status ${status}.`,
    'Look the model up again, or check the hub address.',
    { hub, status, kept: KEPT_PART },
  );
}

export function badAnswer(hub: string, what: string): StudioError {
  return hubError(
    'answer',
    `What ${hub} answered is no listing of a model: ${what}.`,
    'Check the hub address: it has to answer as huggingface.co does.',
    { hub, what },
  );
}

export function noWeights(name: string): StudioError {
  return hubError(
    'no-weights',
    `${name} holds neither safetensors nor GGUF weights of a whole model.`,
    'Look for a copy with safetensors (model.safetensors) or a .gguf file. Other formats may run code when they are opened, so they are not read; adapters alone are no model.',
    { name },
  );
}

export function pageInstead(path: string, what: string): StudioError {
  return hubError(
    'page',
    `Instead of ${shown(path)} came ${what}.`,
    'Check whether a proxy or a sign-in page stands between this computer and the hub, then try again.',
    { path: shown(path), kept: KEPT_PART },
  );
}

export function wrongLength(path: string, expected: number, found: number): StudioError {
  return hubError(
    'length',
    `${shown(path)} should have ${expected} bytes; the hub sends ${found}.`,
    'Look the model up again: its files may have changed. If it stays so, this hub holds a damaged copy.',
    { path: shown(path), expected, found, kept: KEPT_PART },
  );
}

export function wrongHash(path: string, expected: string, found: string): StudioError {
  return hubError(
    'hash',
    `${shown(path)} came whole but is not what the hub states: its hash is another.`,
    'Resume to fetch this file once more. If it stays so, do not use this hub.',
    {
      path: shown(path),
      expected,
      found,
      kept: 'The other files of this download; this one was deleted.',
    },
  );
}

export function cutOff(path: string, received: number, expected: number, why: string): StudioError {
  return hubError(
    'cut',
    `The connection broke off after ${received} of ${expected} bytes of ${shown(path)}.`,
    'Resume: it goes on where it stopped.',
    { path: shown(path), received, expected, why: shown(why), kept: KEPT_PART },
  );
}

/** What may go away by itself, so that another attempt makes sense. */
const PASSING: ReadonlySet<string> = new Set(['hub-unreachable', 'hub-busy', 'hub-cut']);

export function isPassing(error: unknown): error is StudioError {
  return error instanceof StudioError && PASSING.has(error.code);
}
