/**
 * Writes src/engine/kernels/uniform-layouts.ts: what the uniform block of each shader holds, word by word, read from the
 * WGSL structs. A test finds a file that is not fresh.
 */
import { writeFileSync } from 'node:fs';
import { assembleShader, shaderForms, shaderNames } from '../src/engine/kernels/shaders.ts';
import { reflectShader } from './reflect-shader.ts';

const target = 'src/engine/kernels/uniform-layouts.ts';

/** What wgsl_reflect says of a type. */
interface Reflected {
  readonly name: string;
  readonly size: number;
  readonly isArray?: boolean;
  readonly isStruct?: boolean;
  readonly count?: number;
  readonly format?: Reflected;
  readonly members?: readonly {
    readonly name: string;
    readonly offset: number;
    readonly type: Reflected;
  }[];
}

/** A type as words: `'u32'`, `['u32', 8]`, `{ … }`, `[{ … }, 3]`. */
function layoutOf(type: Reflected): string {
  if (type.isStruct && type.members) {
    let next = 0;
    const fields = type.members.map(({ name, offset, type: own }) => {
      if (offset !== next)
        throw new RangeError(`${type.name}.${name} does not follow its neighbour`);
      next = offset + own.size;
      return `${name}: ${layoutOf(own)}`;
    });
    if (next !== type.size) throw new RangeError(`${type.name} ends in words without a name`);
    return `{ ${fields.join(', ')} }`;
  }
  if (type.isArray && type.format && type.count) {
    const each = type.format;
    // A vector of an array is as many words.
    if (!each.isStruct) return `['${scalarOf(each)}', ${type.size / 4}]`;
    return `[${layoutOf(each)}, ${type.count}]`;
  }
  if (type.size !== 4) return `['${scalarOf(type)}', ${type.size / 4}]`;
  return `'${scalarOf(type)}'`;
}

function scalarOf({ name, format }: Reflected): string {
  const scalar = format?.name ?? name;
  if (scalar !== 'u32' && scalar !== 'f32') throw new RangeError(`A uniform is of type ${name}`);
  return scalar;
}

const DECLARED =
  /^struct \w+ \{[^}]*\}|^(?:alias|const) [^;]*;|^@group\(\d+\) @binding\(\d+\) var<uniform> [^;]*;/gm;

/** What of a text decides how its uniform block is laid out: the same in most forms, and soon read. */
function declarations(source: string): string {
  return [...source.matchAll(DECLARED)].map(([text]) => text).join('\n');
}

/** The layout of a shader, the same in all its forms; null where it has no uniform block. */
function layoutOfShader(shader: string): string | null {
  const forms = shaderForms(shader).map((form) => declarations(assembleShader(shader, form)));
  const found = new Set(
    [...new Set(forms)].map((declared) => {
      const { uniforms } = reflectShader(declared);
      const [block] = uniforms as unknown as readonly { readonly type: Reflected }[];
      return block ? layoutOf(block.type) : null;
    }),
  );
  if (found.size !== 1) throw new RangeError(`${shader}: its forms differ in their uniforms`);
  return [...found][0] ?? null;
}

/** The text of the file, not yet in the style of oxfmt. */
export function layoutsText(): string {
  const entries = shaderNames().flatMap((shader) => {
    const layout = layoutOfShader(shader);
    return layout === null ? [] : [`'${shader}': ${layout},`];
  });
  return [
    '/** What the uniform block of each shader holds, word by word. Written by `npm run layouts`; not by hand. */',
    'export const uniformLayouts = {',
    ...entries,
    '} as const;',
    '',
  ].join('\n');
}

export function main(): number {
  writeFileSync(target, layoutsText());
  return 0;
}
