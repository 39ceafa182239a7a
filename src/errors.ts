/**
 * The one error type that people meet. A code names the fault for programs, the three sentences tell a
 * person what happened, what was kept and what to do; `data` carries the figures behind them.
 * Errors are told apart by `code`, never by their text.
 */
export type ErrorData = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface ErrorDescription {
  readonly code: string;
  /** What happened, one sentence. */
  readonly message: string;
  /** What was kept; empty where nothing was at stake. */
  readonly kept?: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly data?: ErrorData;
}

export class StudioError extends Error {
  readonly code: string;
  readonly kept: string;
  readonly remedy: string;
  readonly data: ErrorData;

  constructor(description: ErrorDescription, options?: ErrorOptions) {
    super(description.message, options);
    this.name = 'StudioError';
    this.code = description.code;
    this.kept = description.kept ?? '';
    this.remedy = description.remedy;
    this.data = description.data ?? {};
  }

  /** The plain form that crosses a worker boundary and comes back through the constructor. */
  describe(): Required<ErrorDescription> {
    const { code, message, kept, remedy, data } = this;
    return { code, message, kept, remedy, data };
  }
}

/** Any thrown value as a StudioError; what is not one already is an internal fault and says so. */
export function asStudioError(thrown: unknown): StudioError {
  if (thrown instanceof StudioError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new StudioError(
    {
      code: 'internal',
      message: `Something failed inside the studio: ${detail}`,
      remedy: 'Reload the page and try again; what was saved is still there.',
    },
    { cause: thrown },
  );
}

/** The same error with what was kept, where only the caller knows that; what it says itself stays. */
export function keeping(thrown: unknown, kept: string): StudioError {
  const error = asStudioError(thrown);
  return error.kept === ''
    ? new StudioError({ ...error.describe(), kept }, { cause: error })
    : error;
}

/** A number of bytes as sentences name it: 1.2 GB, 134 MB, 640 bytes (1 GB = 10⁹ bytes). */
export function sizeInWords(bytes: number): string {
  const [size, unit] =
    bytes >= 999.5e6
      ? [1e9, 'GB']
      : bytes >= 999.5e3
        ? [1e6, 'MB']
        : bytes >= 1e3
          ? [1e3, 'kB']
          : [1, 'bytes'];
  const value = bytes / size;
  return `${value < 10 && size > 1 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
