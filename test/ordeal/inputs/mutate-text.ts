/** Changes templates and tables: loses, doubles and moves their pieces, and adds new ones. */
import type { Random } from '../random.ts';

const TEMPLATE_PIECES = [
  '{% for message in messages %}',
  '{% endfor %}',
  '{% if messages %}',
  '{% endif %}',
  '{% set x = x + x %}',
  '{% set ns = namespace(x=messages) %}',
  '{% generation %}',
  '{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}',
  '{{ messages[99].content }}',
  '{{ messages | tojson }}',
  '{{ raise_exception("no") }}',
  '{{ range(100000000) }}',
  '{% for a in range(100000) %}{% for b in range(100000) %}{{ a * b }}{% endfor %}{% endfor %}',
  '{{ "x" * 1000000000 }}',
  '{{ bos_token.__class__ }}',
  '{{ constructor.constructor("return 1")() }}',
  '{{ messages[0].content.strip().split("a") | join("b") | reverse | list | length }}',
  '{#',
  '{{',
  '%}',
  '\u0000',
  '<|im_end|>',
];

const TABLE_PIECES = ['"', '""', ',', ';', '\t', '\r', '\n', '\r\n', '=1+1', 'sep=;\n', '\uFEFF'];

const pieces = { template: TEMPLATE_PIECES, table: TABLE_PIECES } as const;

/** How a text of a kind is cut into pieces that belong together. */
const cuts = { template: /(\{[{%#].*?[}%#]\})/s, table: /([",;\t\r\n])/ } as const;

/** The text with one to four changes. */
export function mutateText(
  text: string,
  kind: 'template' | 'table',
  random: Random,
): { readonly text: string; readonly how: string } {
  const parts = text.split(cuts[kind]);
  const how: string[] = [];
  for (let left = 1 + random.below(4); left > 0 && parts.length > 0; left -= 1) {
    const at = random.below(parts.length);
    const part = parts[at] ?? '';
    switch (random.below(4)) {
      case 0:
        parts.splice(at, 1);
        how.push('a piece gone');
        break;
      case 1:
        parts.splice(at, 0, part);
        how.push('a piece twice');
        break;
      case 2: {
        const other = random.below(parts.length);
        parts[at] = parts[other] ?? '';
        parts[other] = part;
        how.push('two pieces for each other');
        break;
      }
      default: {
        const put = random.pick(pieces[kind]);
        parts.splice(at, 0, put);
        how.push(`${JSON.stringify(put)} put in`);
      }
    }
  }
  return { text: parts.join(''), how: how.join(', ') };
}
