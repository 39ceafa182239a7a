/**
 * Expands the `//%` lines of a shader template before it is WGSL: what a thread keeps per row and per
 * block of four head dimensions becomes named variables instead of arrays, because software adapters
 * keep indexed arrays in memory (SwiftShader is three times slower with them).
 *
 *   //% repeat NAME COUNT      the lines up to //% end, once for each value of $NAME from 0 to COUNT − 1
 *   $NAME or ${NAME}           the value, as digits; names are letters only, so that q$r_$b is q0_1
 *
 * COUNT is one of `values`; blocks nest.
 *
 * @throws SyntaxError when a block is not closed or a name has no value
 */
export function expandShader(template: string, values: Readonly<Record<string, number>>): string {
  const lines = template.split('\n');
  const { text, next } = expand(lines, 0, values);
  if (next < lines.length) throw new SyntaxError(`Shader template: line ${next + 1} ends no block`);
  return text.join('\n');
}

type Values = Readonly<Record<string, number>>;

/** Expands from line `first` to the //% end of the enclosing block, or to the end of the template. */
function expand(
  lines: readonly string[],
  first: number,
  values: Values,
): { text: string[]; next: number } {
  const text: string[] = [];
  let at = first;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const directive = line.trim();
    if (directive === '//% end') break;
    if (directive.startsWith('//%')) {
      const [, name, count] = /^\/\/% repeat ([A-Za-z]+) ([A-Za-z]+)$/.exec(directive) ?? [];
      if (name === undefined || count === undefined) {
        throw new SyntaxError(`Shader template: what is "${directive}"?`);
      }
      at = repeat(lines, at + 1, values, name, valueOf(values, count), text);
    } else {
      text.push(
        line.replaceAll(/\$\{?([A-Za-z]+)\}?/g, (_, key: string) => String(valueOf(values, key))),
      );
    }
    at += 1;
  }
  return { text, next: at };
}

/** Appends a block's expansions to `text`; the result is the index of its //% end. */
function repeat(
  lines: readonly string[],
  first: number,
  values: Values,
  name: string,
  count: number,
  text: string[],
): number {
  let { next } = expand(lines, first, { ...values, [name]: 0 });
  for (let value = 0; value < count; value += 1) {
    const block = expand(lines, first, { ...values, [name]: value });
    text.push(...block.text);
    next = block.next;
  }
  if (next >= lines.length) throw new SyntaxError(`Shader template: repeat ${name} has no end`);
  return next;
}

function valueOf(values: Values, name: string): number {
  const value = values[name];
  if (value === undefined) throw new SyntaxError(`Shader template: ${name} has no value`);
  return value;
}
