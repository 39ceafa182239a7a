/** Reads tensors and branch parameters of golden cases. */
import { readFile } from 'node:fs/promises';
import { parseSafetensors, type ParsedSafetensors } from '../../src/formats/weights/safetensors.ts';
import type { NamedParameters } from '../../src/engine/branches/parameters.ts';

export async function readGoldenTensors(path: string): Promise<ParsedSafetensors> {
  return parseSafetensors(new Uint8Array(await readFile(path)), path);
}

/** All tensors of a file as named branch parameters. */
export async function readParameters(path: string): Promise<NamedParameters> {
  const file = await readGoldenTensors(path);
  const named: NamedParameters = new Map();
  for (const [name, { shape }] of file.tensors) {
    named.set(name, { shape, data: await file.readFloat32(name) });
  }
  return named;
}
