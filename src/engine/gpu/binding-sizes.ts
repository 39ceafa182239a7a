/** The least size of each storage binding of a shader, read from its WGSL text: one element of its array. */

/** By the name of a scalar, and by its letter in names such as vec4f. */
const scalarBytes: ReadonlyMap<string, number> = new Map([
  ...(['f32', 'u32', 'i32', 'f', 'u', 'i'] as const).map((name) => [name, 4] as const),
  ...(['f16', 'h'] as const).map((name) => [name, 2] as const),
]);

/** The distance of two elements of this type in an array. @throws SyntaxError for a type that no kernel uses */
function strideOf(type: string, aliases: ReadonlyMap<string, string>): number {
  const alias = aliases.get(type);
  if (alias !== undefined) return strideOf(alias, aliases);
  const [, scalar] = /^(?:atomic<(\w+)>|\w+)$/.exec(type) ?? [];
  const [, width, ...names] = /^vec([234])(?:<(\w+)>|([fuih]))$/.exec(type) ?? [];
  const bytes = scalarBytes.get(names.find(Boolean) ?? scalar ?? type);
  if (bytes === undefined) throw new SyntaxError(`How large is "${type}"?`);
  // Elements of three values are as far apart as elements of four.
  return bytes * (width === undefined ? 1 : width === '2' ? 2 : 4);
}

/**
 * Bytes of one element of each storage binding, by its number.
 * @throws SyntaxError where a binding is not an array of values or vectors
 */
export function storageStrides(source: string): number[] {
  const aliases = new Map(
    [...source.matchAll(/^\s*alias\s+(\w+)\s*=\s*([^;]+);/gm)].map(
      ([, name = '', type = '']) => [name, type.replaceAll(/\s/g, '')] as const,
    ),
  );
  const strides: number[] = [];
  for (const [, number = '', type = ''] of source.matchAll(
    /@binding\((\d+)\)\s*var<storage[^>]*>\s*\w+\s*:\s*([^;]+);/g,
  )) {
    const element = /^array<(.+)>$/.exec(type.replaceAll(/\s/g, ''))?.[1];
    if (element === undefined) throw new SyntaxError(`How large is "${type}"?`);
    strides[Number(number)] = strideOf(element, aliases);
  }
  return strides;
}
