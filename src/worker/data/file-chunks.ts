/** The bytes of a file, a part at a time. */
import { fault, type StudioError } from '../../faults/fault.ts';
import { holding } from '../../formats/files/holding.ts';

/** Bytes read at a time. */
const READ_BYTES = 2 ** 20;

function unreadable(fileName: string, cause: unknown): StudioError {
  return fault('file-unreadable', { file: fileName }, { kept: 'data-before', cause });
}

/** The bytes of a file in order; all parts share one buffer, so a part is valid until the next is read. */
export async function* chunksOf(blob: Blob, fileName: string): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader({ mode: 'byob' });
  let buffer = new ArrayBuffer(READ_BYTES);
  try {
    for (;;) {
      const read = holding(reader, () => reader.read(new Uint8Array(buffer)));
      const { value, done } = await read.catch((cause: unknown) => {
        throw unreadable(fileName, cause);
      });
      if (value === undefined || done) return;
      yield value;
      buffer = value.buffer;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
