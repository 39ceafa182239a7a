/** Unpacks gzip as a stream, with a limit on what a small file may grow to. */
import { fault, StudioError } from '../../faults/fault.ts';

/** Text is rarely packed better than this; a higher ratio means that the file is no data. */
const MAX_RATIO = 100;
/** This many bytes are unpacked whatever the ratio. */
const ALWAYS_BYTES = 1_000_000_000;

function gzipFault(fileName: string, reason: 'damaged' | 'ratio', cause?: unknown): StudioError {
  return fault('import-gzip', { file: fileName, reason }, { kept: 'data-before', cause });
}

/** The bytes inside a gzip file. @throws StudioError `import-gzip` */
export async function* unzipped(
  chunks: AsyncIterable<Uint8Array>,
  fileName: string,
): AsyncGenerator<Uint8Array> {
  const { writable, readable } = new DecompressionStream('gzip');
  const writer = writable.getWriter();
  const reader = readable.getReader();
  let packed = 0;
  let unpacked = 0;
  let failure: { readonly error: unknown } | undefined;
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of chunks) {
        packed += chunk.length;
        await writer.write(chunk.slice());
      }
      await writer.close();
    } catch (error) {
      failure ??= { error };
      await writer.abort(error).catch(() => undefined);
    }
  };
  const feeding = feed();
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((cause: unknown) => {
        // A file that cannot be read any more reports that itself.
        if (failure?.error instanceof StudioError) throw failure.error;
        throw gzipFault(fileName, 'damaged', cause);
      });
      if (done) return;
      unpacked += value.length;
      if (unpacked > ALWAYS_BYTES && unpacked > packed * MAX_RATIO) {
        throw gzipFault(fileName, 'ratio');
      }
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
    await feeding;
  }
}
