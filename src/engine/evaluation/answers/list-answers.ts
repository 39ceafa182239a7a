/** Answers that list items by type. */

/**
 * Items of a list answer such as `chemical: a; b` / `disease: c`, one line per type: `type⇥item`, lower
 * case, trimmed. Null where no line has that form.
 */
export function parseItems(text: string): Set<string> | null {
  const found = new Set<string>();
  let lines = 0;
  for (const line of text.split('\n')) {
    const match = /^\s*([^:：\n]{1,40})[:：](.*)$/.exec(line);
    if (!match) continue;
    lines += 1;
    const [, type = '', list = ''] = match;
    for (const item of list.split(/[;；]/)) {
      const name = normalise(item);
      if (name !== '' && name !== 'none') found.add(`${normalise(type)}\t${name}`);
    }
  }
  return lines === 0 ? null : found;
}

/** Types of a list answer, which tell an answer in the wanted format from any text with a colon. */
export function itemTypes(text: string): Set<string> {
  const types = text.split('\n').map((line) => normalise(line.split(/[:：]/)[0] ?? ''));
  return new Set(types.filter((type) => type !== ''));
}

function normalise(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[.。]+$/, '')
    .toLowerCase();
}
