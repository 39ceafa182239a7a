/** The one error that people see, thrown by its code with the data that its words need. */
import type { FaultCode, FaultData, FaultDescription, Faults, KeptCode } from './catalogue.ts';
import { spoken } from './spoken.ts';
import { faultWords } from './words.ts';

export class StudioError extends Error implements FaultDescription {
  readonly code: string;
  readonly kept: string;
  readonly remedy: string;
  readonly data: FaultData;

  constructor(
    { code, message, kept = '', remedy, data = {} }: WrittenFault,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StudioError';
    this.code = code;
    this.kept = kept;
    this.remedy = remedy;
    this.data = data;
  }

  /** The plain form, which `faultFrom` makes an error of again. */
  describe(): FaultDescription {
    const { code, message, kept, remedy, data } = this;
    return { code, message, kept, remedy, data };
  }
}

/** A description of which some may be left out. @inline */
type WrittenFault = Omit<FaultDescription, 'kept' | 'data'> &
  Partial<Pick<FaultDescription, 'kept' | 'data'>>;

interface Beside extends ErrorOptions {
  readonly kept?: KeptCode;
}

/** Data may be left out where a fault has none. */
type Given<C extends FaultCode> = keyof Faults[C] extends never
  ? [data?: Faults[C], beside?: Beside]
  : [data: Faults[C], beside?: Beside];

/** A fault of the catalogue, to be thrown. */
export function fault<C extends FaultCode>(code: C, ...[data, beside]: Given<C>): StudioError {
  const { kept = '', ...options } = beside ?? {};
  return worded(code, kept, data ?? {}, options);
}

function worded(code: string, kept: string, data: FaultData, options?: ErrorOptions): StudioError {
  const [message, remedy] = (spoken && faultWords(spoken, code, data)) ?? [code, ''];
  return new StudioError({ code, message, kept, remedy, data }, options);
}

/** The error of a description that came from another thread or from storage. */
export function faultFrom(description: WrittenFault): StudioError {
  return new StudioError(description);
}

/** Any thrown value as a StudioError; what is not one already is an internal fault and says so. */
export function asStudioError(thrown: unknown): StudioError {
  if (thrown instanceof StudioError) return thrown;
  return fault('internal', { detail: detailOf(thrown) }, { cause: thrown });
}

/** What a browser or a library said, in its own words. */
export function detailOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The same error with what was kept, where only the caller knows that; what it says itself stays. */
export function keeping(thrown: unknown, kept: KeptCode): StudioError {
  const error = asStudioError(thrown);
  return error.kept === '' ? restated(error, { kept }) : error;
}

/** The same fault with what the caller knows beyond it: other words may follow from more data. */
export function restated(
  error: StudioError,
  { kept, data }: { readonly kept?: KeptCode; readonly data?: FaultData },
): StudioError {
  const all = { ...error.data, ...data };
  const said = worded(error.code, kept ?? error.kept, all, { cause: error });
  // A fault that this version does not know keeps the sentences that it came with.
  return said.message === error.code
    ? new StudioError({ ...error.describe(), kept: said.kept, data: all }, { cause: error })
    : said;
}

/** Whether an error is a fault of this code; its data are then those of the code. */
export function isFault<C extends FaultCode>(
  error: StudioError,
  code: C,
): error is StudioError & { readonly data: Faults[C] } {
  return error.code === code;
}
