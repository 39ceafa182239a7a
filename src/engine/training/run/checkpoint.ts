/** Reads and writes checkpoints and branch files as safetensors. */
import { fault, type StudioError } from '../../../faults/fault.ts';
import { parseSafetensors } from '../../../formats/weights/safetensors.ts';
import { writeSafetensors } from '../../../formats/weights/safetensors-writer.ts';
import type { NamedParameters } from '../../branches/parameters.ts';
import type { ArenaState, MomentValues } from '../stage/stage-trainer.ts';

/** Everything that an interrupted stage needs to go on bit for bit, beside base weights and data. */
export interface Checkpoint {
  readonly stage: number;
  /** Steps done, which is also the index of the next step. */
  readonly step: number;
  readonly state: ArenaState;
  readonly routing: readonly {
    readonly pairCounts: Uint32Array<ArrayBuffer>;
    readonly weightSums: Float32Array<ArrayBuffer>;
  }[];
}

const format = 'medcare-checkpoint-1';

export function encodeCheckpoint({
  stage,
  step,
  state,
  routing,
}: Checkpoint): Uint8Array<ArrayBuffer> {
  const tensors = new Map<
    string,
    {
      dtype: 'F32' | 'U32' | 'I32';
      shape: readonly number[];
      data: Float32Array | Uint32Array | Int32Array;
    }
  >();
  const add = (name: string, data: Float32Array | Uint32Array): void => {
    const dtype = data instanceof Uint32Array ? 'U32' : 'F32';
    tensors.set(name, { dtype, shape: [data.length], data });
  };
  add('parameters', state.parameters);
  const addMoment = (name: string, data: MomentValues | null): void => {
    if (!data) return;
    // Words of codes are bit patterns: as I32 they are read back without a check of their range.
    if (data instanceof Uint32Array) {
      const words = new Int32Array(data.buffer, data.byteOffset, data.length);
      tensors.set(name, { dtype: 'I32', shape: [words.length], data: words });
    } else add(name, data);
  };
  addMoment('first_moment', state.firstMoment);
  addMoment('second_moment', state.secondMoment);
  routing.forEach(({ pairCounts, weightSums }, index) => {
    add(`routing.${index}.pairs`, pairCounts);
    add(`routing.${index}.weights`, weightSums);
  });
  const metadata = new Map([
    ['format', format],
    ['stage', String(stage)],
    ['step', String(step)],
    ['routing', String(routing.length)],
  ]);
  return writeSafetensors(tensors, metadata);
}

/** @throws StudioError `checkpoint-invalid`, or what the safetensors parser throws */
export async function decodeCheckpoint(bytes: Uint8Array): Promise<Checkpoint> {
  const file = await parseSafetensors(bytes, 'the checkpoint');
  const integer = (name: string): number => {
    const value = Number(file.metadata.get(name));
    if (!Number.isInteger(value) || value < 0 || value > 1e9) throw invalidCheckpoint(name);
    return value;
  };
  if (file.metadata.get('format') !== format) throw invalidCheckpoint('format');
  const routing: { pairCounts: Uint32Array<ArrayBuffer>; weightSums: Float32Array<ArrayBuffer> }[] =
    [];
  for (let index = 0; index < integer('routing'); index += 1) {
    const pairs = await file.readIntegers(`routing.${index}.pairs`);
    const weightSums = await file.readFloat32(`routing.${index}.weights`);
    routing.push({ pairCounts: Uint32Array.from(pairs), weightSums });
  }
  const moment = async (name: string): Promise<MomentValues | null> => {
    const stored = file.tensors.get(name);
    if (!stored) return null;
    if (stored.dtype !== 'I32') return file.readFloat32(name);
    return new Uint32Array((await file.readIntegers(name)).buffer);
  };
  return {
    stage: integer('stage'),
    step: integer('step'),
    state: {
      parameters: await file.readFloat32('parameters'),
      firstMoment: await moment('first_moment'),
      secondMoment: await moment('second_moment'),
    },
    routing,
  };
}

function invalidCheckpoint(what: string): StudioError {
  return fault('checkpoint-invalid', { what }, { kept: 'ended-stages' });
}

/** The metadata in a stage's branch file. */
export function branchMetadata(stage: number, recipe: string): ReadonlyMap<string, string> {
  return new Map([
    ['format', 'medcare-branches-1'],
    ['stage', String(stage)],
    ['recipe', recipe],
  ]);
}

/** Branch parameters as a safetensors file, named as `layers.N.mlp.up_proj.ka.A`. */
export function encodeBranches(
  named: NamedParameters,
  metadata: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const tensors = new Map(
    [...named].map(([name, { shape, data }]) => [name, { dtype: 'F32' as const, shape, data }]),
  );
  return writeSafetensors(tensors, metadata);
}

export async function decodeBranches(bytes: Uint8Array): Promise<NamedParameters> {
  const file = await parseSafetensors(bytes, 'the branch file');
  const named: NamedParameters = new Map();
  for (const [name, { shape }] of file.tensors) {
    named.set(name, { shape, data: await file.readFloat32(name) });
  }
  return named;
}
