/** Builds the words of a uniform block from named values, in the order of the shader's WGSL struct. */
import type { UniformWord } from '../gpu/kernel.ts';
import { uniformLayouts } from './uniform-layouts.ts';

type Layouts = typeof uniformLayouts;
type Scalar = 'u32' | 'f32';

/** The value of a field: a number, several, or several structs; omitted values at the end of a list are zero. */
type FieldValue<F> = F extends Scalar
  ? number
  : F extends readonly [Scalar, number]
    ? readonly number[]
    : F extends readonly [infer S, number]
      ? readonly StructValues<S>[]
      : never;
/** Fields whose names begin with `padding` are zero. */
type StructValues<S> = {
  readonly [K in keyof S as K extends `padding${string}` ? never : K]: FieldValue<S[K]>;
};

/** The values of a shader's uniform block, by the names of its struct; a list where it is an array. */
export type UniformValues<N extends keyof Layouts> = Layouts[N] extends readonly [infer S, number]
  ? readonly StructValues<S>[]
  : StructValues<Layouts[N]>;

interface Struct {
  readonly [name: string]: Layout;
}
type Layout = Scalar | Struct | readonly [Scalar | Struct, number];

/** @throws RangeError names the field that is missing, unknown or no number */
export function uniformWords<N extends keyof Layouts>(
  shader: N,
  values: UniformValues<N>,
): UniformWord[] {
  return wordsOf(uniformLayouts[shader], values, shader);
}

/** The words of one struct of a block that is an array of them. @throws RangeError as `uniformWords` */
export function entryWords<N extends keyof Layouts>(
  shader: N,
  values: UniformValues<N> extends readonly (infer V)[] ? V : never,
): UniformWord[] {
  const layout: Layout = uniformLayouts[shader];
  if (typeof layout === 'string' || !isList(layout)) throw new RangeError(`${shader} has no list`);
  return wordsOf(layout[0], values, shader);
}

/** Recorded words with other values in some of their fields. @throws RangeError as `uniformWords` */
export function changedWords<N extends keyof Layouts>(
  shader: N,
  words: readonly UniformWord[],
  changes: Partial<UniformValues<N>>,
): UniformWord[] {
  const layout: Layout = uniformLayouts[shader];
  if (typeof layout === 'string' || isList(layout)) throw new RangeError(`${shader} is no struct`);
  let at = 0;
  return Object.entries(layout).flatMap(([name, field]) => {
    const first = at;
    at += zerosOf(field).length;
    const change: unknown = new Map(Object.entries(changes)).get(name);
    return change === undefined
      ? words.slice(first, at)
      : wordsOf(field, change, `${shader}.${name}`);
  });
}

function wordsOf(layout: Layout, value: unknown, place: string): UniformWord[] {
  const words: UniformWord[] = [];
  addWords(words, layout, value, () => place);
  return words;
}

/** Appends the words of a value. A plan has hundreds of thousands of them: `place` is put together only for an error. */
function addWords(words: UniformWord[], layout: Layout, value: unknown, place: () => string): void {
  if (typeof layout === 'string') {
    if (typeof value !== 'number') throw new RangeError(`${place()} is no number`);
    words.push(wordOf(layout, value));
  } else if (isList(layout)) {
    const [each, count] = layout;
    if (!Array.isArray(value) || value.length > count) {
      throw new RangeError(`${place()} is no list of up to ${count}`);
    }
    for (let index = 0; index < count; index += 1) {
      if (index < value.length) addWords(words, each, value[index], () => `${place()}[${index}]`);
      else words.push(...zerosOf(each));
    }
  } else if (isValues(value)) {
    for (const name in value) {
      if (!Object.hasOwn(layout, name)) throw new RangeError(`${place()} has no ${name}`);
    }
    for (const { name, field, padding } of fieldsOf(layout)) {
      const own = value[name];
      if (padding) words.push(...padding);
      else if (typeof field === 'string' && typeof own === 'number') words.push(wordOf(field, own));
      else addWords(words, field, own, () => `${place()}.${name}`);
    }
  } else {
    throw new RangeError(`${place()} has no values`);
  }
}

interface Field {
  readonly name: string;
  readonly field: Layout;
  /** The zeros of a field that is padding; null for others. */
  readonly padding: readonly UniformWord[] | null;
}

const fields = new WeakMap<Struct, readonly Field[]>();

/** The fields of a struct, taken apart once. */
function fieldsOf(struct: Struct): readonly Field[] {
  const known = fields.get(struct);
  if (known) return known;
  const found = Object.entries(struct).map(([name, field]) => ({
    ...{ name, field },
    padding: name.startsWith('padding') ? zerosOf(field) : null,
  }));
  fields.set(struct, found);
  return found;
}

function wordOf(type: Scalar, value: number): UniformWord {
  return type === 'u32' ? { u32: value } : { f32: value };
}

function isValues(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isList(
  layout: Struct | readonly [Scalar | Struct, number],
): layout is readonly [Scalar | Struct, number] {
  return Array.isArray(layout);
}

const zero: UniformWord = { u32: 0 };

function zerosOf(layout: Layout): UniformWord[] {
  if (typeof layout === 'string') return [zero];
  if (isList(layout)) return Array.from({ length: layout[1] }, () => zerosOf(layout[0])).flat();
  return Object.values(layout).flatMap(zerosOf);
}
