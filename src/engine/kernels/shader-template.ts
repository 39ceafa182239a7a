/**
 * Expands a shader template into WGSL. A template reads from top to bottom; lines that begin with `//%` are
 * directives:
 *
 *   //% form NAME VALUE …          the shader exists once for each of these values of $NAME
 *   //% include PATH [NAME=VALUE]  the lines of another file under shaders/, with $NAME as given
 *   //% if NAME VALUE              the lines up to //% else or //% end, where $NAME has that value
 *   //% repeat NAME COUNT          the lines up to //% end, for each value of $NAME from 0 to COUNT − 1
 *   $NAME or ${NAME}               the value; names are letters only, so that q$r_$b is q0_1
 *
 * COUNT is a number or the name of a value; blocks nest. Values kept per row become repeated named variables
 * rather than arrays, because software adapters keep indexed arrays in memory (SwiftShader is three times slower
 * with them).
 */
export type FormValues = Readonly<Record<string, string | number>>;

/** Reads a file under shaders/ by its path. */
export type ReadShader = (path: string) => string;

/** Sets of values that a `form` line may name. */
export type ValueSets = Readonly<Record<string, readonly string[]>>;

/** The values for which a shader exists, name by name, in the order of its `form` lines. */
export function shaderParameters(
  template: string,
  sets: ValueSets = {},
): ReadonlyMap<string, readonly string[]> {
  const lines = template.split('\n').filter((line) => line.startsWith('//% form '));
  return new Map(
    lines.map((line) => {
      const [name = '', ...values] = line.slice('//% form '.length).split(' ');
      return [name, values.flatMap((value) => sets[value] ?? [value])];
    }),
  );
}

/**
 * The WGSL text of a template; the enable directives of all its parts come first, where WGSL wants them.
 * @throws SyntaxError when a block is not closed, a name has no value or a line is not a directive
 */
export function expandShader(template: string, values: FormValues, read: ReadShader): string {
  const lines = expandText(template, values, read);
  const isDirective = (line: string): boolean => line.startsWith('enable ');
  const directives = new Set(lines.filter(isDirective));
  return [...directives, ...lines.filter((line) => !isDirective(line))].join('\n');
}

/** A place in a text, and how its files are read. */
interface Place {
  readonly lines: readonly string[];
  readonly values: FormValues;
  readonly read: ReadShader;
}

function expandText(text: string, values: FormValues, read: ReadShader): string[] {
  const place = { lines: text.split('\n'), values, read };
  const { found, next } = expandBlock(place, 0);
  if (next < place.lines.length) throw syntax(`line ${next + 1} ends no block`);
  return found;
}

/** Expands from line `first` to the //% else or //% end of the enclosing block, or to the end of the text. */
function expandBlock(place: Place, first: number): { found: string[]; next: number } {
  const found: string[] = [];
  let at = first;
  for (; at < place.lines.length; at += 1) {
    const line = place.lines[at] ?? '';
    const [mark, word = '', ...rest] = line.trim().split(' ');
    if (mark !== '//%') found.push(substitute(line, place.values));
    else if (word === 'end' || word === 'else') break;
    else if (word === 'include') found.push(...included(place, rest));
    else if (word === 'repeat') at = repeated(place, at, rest, found);
    else if (word === 'if') at = conditional(place, at, rest, found);
    else if (word !== 'form') throw syntax(`what is "${line.trim()}"?`);
  }
  return { found, next: at };
}

function included({ values, read }: Place, words: readonly string[]): string[] {
  const [path = '', ...pairs] = words.map((word) => substitute(word, values));
  const own = Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
  return expandText(read(path), { ...values, ...own }, read);
}

/** Appends a block's expansions to `found`; the result is the index of its //% end. */
function repeated(
  place: Place,
  at: number,
  [name = '', count = '']: readonly string[],
  found: string[],
): number {
  const times = /^\d+$/.test(count) ? Number(count) : Number(valueOf(place.values, count));
  const block = (value: number): ReturnType<typeof expandBlock> =>
    expandBlock({ ...place, values: { ...place.values, [name]: value } }, at + 1);
  for (let value = 0; value < times; value += 1) found.push(...block(value).found);
  return endOf(place, block(0).next);
}

function conditional(
  place: Place,
  at: number,
  [name = '', wanted = '']: readonly string[],
  found: string[],
): number {
  const holds = String(valueOf(place.values, name)) === wanted;
  const then = expandBlock(place, at + 1);
  if (holds) found.push(...then.found);
  if (place.lines[then.next]?.trim() !== '//% else') return endOf(place, then.next);
  const otherwise = expandBlock(place, then.next + 1);
  if (!holds) found.push(...otherwise.found);
  return endOf(place, otherwise.next);
}

/** @throws SyntaxError where no block ends */
function endOf({ lines }: Place, at: number): number {
  if (lines[at]?.trim() !== '//% end') throw syntax('a block has no end');
  return at;
}

function substitute(line: string, values: FormValues): string {
  return line.replaceAll(/\$\{?([A-Za-z]+)\}?/g, (_, name: string) =>
    String(valueOf(values, name)),
  );
}

function valueOf(values: FormValues, name: string): string | number {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw syntax(`${name} has no value`);
  return value;
}

const syntax = (what: string): SyntaxError => new SyntaxError(`Shader template: ${what}`);
