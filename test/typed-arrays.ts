/** Makes `toEqual` of typed arrays with the same bytes hold at once: element by element, a megabyte takes seconds. */
import { Buffer } from 'node:buffer';
import { expect } from 'vitest';

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** True where the bytes are the same; else the usual comparison decides, which finds NaNs equal and shows where they part. */
function sameBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return undefined;
  const same = a.constructor === b.constructor && bytesOf(a).equals(bytesOf(b));
  return same ? true : undefined;
}

// Files that share a process share the list of testers, too.
const added = Symbol.for('typed arrays are compared by their bytes');
if (!Reflect.has(globalThis, added)) {
  Reflect.set(globalThis, added, true);
  expect.addEqualityTesters([sameBytes]);
}
