/** Makes GGUF files for tests, including dishonest ones. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { memorySource } from '../files/byte-source.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { float32ToFloat16 } from '../weights/float-bits.ts';
import { readGgufHeader } from '../gguf/gguf.ts';
import { parseSafetensors } from '../weights/safetensors.ts';

/** A value as a header holds it; a plain string or truth value implies its type. */
export type HeaderValue =
  | string
  | boolean
  | { readonly type: 'u32' | 'i32' | 'f32' | 'u64'; readonly value: number }
  | { readonly type: 'strings'; readonly values: readonly string[] }
  | { readonly type: 'f32s' | 'i32s'; readonly values: readonly number[] }
  /** Type and bytes as they are, for values that no writer would write. */
  | { readonly type: 'raw'; readonly id: number; readonly bytes: Uint8Array };

export const u32 = (value: number): HeaderValue => ({ type: 'u32', value });
export const f32 = (value: number): HeaderValue => ({ type: 'f32', value });

export interface TensorToPlace {
  readonly name: string;
  /** ggml's number of the type. */
  readonly type: number;
  /** Fastest first, as in the file. */
  readonly dimensions: readonly (number | bigint)[];
  readonly data: Uint8Array;
  /** Written instead of the true offset of the data. */
  readonly offset?: number | bigint;
}

export interface GgufToBuild {
  readonly magic?: number;
  readonly version?: number;
  readonly tensorCount?: bigint;
  readonly metadataCount?: bigint;
  readonly metadata?: readonly (readonly [string, HeaderValue])[];
  readonly tensors?: readonly TensorToPlace[];
  readonly alignment?: number;
}

/** Bytes put one after the other, little-endian. */
export class ByteList {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Makes room for `count` more bytes and returns where they go. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }

  raw(bytes: ArrayLike<number>): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  #view(size: number, write: (view: DataView) => void): this {
    const at = this.#grow(size);
    write(new DataView(this.#bytes.buffer, at, size));
    return this;
  }

  u32(value: number): this {
    return this.#view(4, (view) => view.setUint32(0, value, true));
  }

  i32(value: number): this {
    return this.#view(4, (view) => view.setInt32(0, value, true));
  }

  f32(value: number): this {
    return this.#view(4, (view) => view.setFloat32(0, value, true));
  }

  u64(value: number | bigint): this {
    return this.#view(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }

  text(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.u64(bytes.length).raw(bytes);
  }

  pad(alignment: number): this {
    return this.raw(new Uint8Array((alignment - (this.#length % alignment)) % alignment));
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

function writeValue(out: ByteList, value: HeaderValue): void {
  if (typeof value === 'string') {
    out.u32(8).text(value);
    return;
  }
  if (typeof value === 'boolean') {
    out.u32(7).raw([value ? 1 : 0]);
    return;
  }
  switch (value.type) {
    case 'u32':
      out.u32(4).u32(value.value);
      break;
    case 'i32':
      out.u32(5).i32(value.value);
      break;
    case 'f32':
      out.u32(6).f32(value.value);
      break;
    case 'u64':
      out.u32(10).u64(value.value);
      break;
    case 'strings':
      out.u32(9).u32(8).u64(value.values.length);
      for (const text of value.values) out.text(text);
      break;
    case 'f32s':
      out.u32(9).u32(6).u64(value.values.length);
      for (const number of value.values) out.f32(number);
      break;
    case 'i32s':
      out.u32(9).u32(5).u64(value.values.length);
      for (const number of value.values) out.i32(number);
      break;
    case 'raw':
      out.u32(value.id).raw(value.bytes);
  }
}

/** A GGUF file, possibly one that lies about itself. */
export function buildGguf(file: GgufToBuild): Uint8Array {
  const { metadata = [], tensors = [], alignment = 32 } = file;
  const out = new ByteList().u32(file.magic ?? 0x46554747).u32(file.version ?? 3);
  out.u64(file.tensorCount ?? tensors.length).u64(file.metadataCount ?? metadata.length);
  for (const [key, value] of metadata) {
    out.text(key);
    writeValue(out, value);
  }
  const data = new ByteList();
  for (const tensor of tensors) {
    out.text(tensor.name).u32(tensor.dimensions.length);
    for (const dimension of tensor.dimensions) out.u64(dimension);
    out.u32(tensor.type).u64(tensor.offset ?? data.length);
    data.raw(tensor.data).pad(alignment);
  }
  return out.pad(alignment).raw(data.bytes()).bytes();
}

export function fixtureBytes(name: string): Uint8Array {
  const bytes = readFileSync(`test/fixtures/gguf/${name}`);
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

export function fixtureSource(name: string): ByteSource {
  return memorySource(name, fixtureBytes(name));
}

/**
 * medcare-nano.f16.gguf as llama.cpp's converter wrote it: the header is a fixture, the weights are the
 * built-in model's rounded to halves, and the whole has the SHA-256 of the file that the converter wrote.
 */
export async function nanoGguf(): Promise<Uint8Array> {
  const header = fixtureBytes('medcare-nano.f16.header');
  const size = 2_610_080;
  const file = new Uint8Array(size);
  file.set(header);
  const folder = await parseSafetensors(
    readFileSync('public/models/medcare-nano/model.safetensors'),
  );
  const { tensors } = await readGgufHeader(memorySource('medcare-nano', file));
  for (const [name, { type, begin }] of tensors) {
    const values = await folder.readFloat32(folderName(name));
    const bits = type === 'F32' ? values : Uint16Array.from(values, float32ToFloat16);
    file.set(new Uint8Array(bits.buffer), begin);
  }
  const sha256 = createHash('sha256').update(file).digest('hex');
  if (sha256 !== 'e3958c531c16763bc914276282f0c053bb74cb8517f3a17ef49c4cf3fb84d095') {
    throw new Error(`medcare-nano.f16.gguf came out with the SHA-256 ${sha256}`);
  }
  return file;
}

const PARTS: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
};

/** The Hugging Face name of a llama.cpp tensor, spelled here a second time for the tests. */
export function folderName(name: string): string {
  if (name === 'output.weight') return 'lm_head.weight';
  if (name === 'output_norm.weight') return 'model.norm.weight';
  if (name === 'token_embd.weight') return 'model.embed_tokens.weight';
  const [, layer, part, kind] = name.split('.');
  const renamed =
    PARTS[part ?? ''] ??
    part
      ?.replace(/^attn_([qkv])(_norm)?$/, (_, which: string, norm?: string) =>
        norm === undefined ? `self_attn.${which}_proj` : `self_attn.${which}_norm`,
      )
      .replace(/^ffn_(gate|up|down)$/, 'mlp.$1_proj');
  return `model.layers.${layer}.${renamed}.${kind}`;
}
