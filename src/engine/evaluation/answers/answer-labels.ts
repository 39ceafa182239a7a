/** Finds labels in plain text. */

/** The longest label that begins at a position of a plain text, and its length there. */
export type LabelFinder = (
  text: string,
  at: number,
) => { readonly label: string; readonly length: number } | null;

/** Finds labels as whole words, whatever their case and spacing. */
export function labelFinder(
  labels: Iterable<string>,
  plain: (text: string) => string,
): LabelFinder {
  const byFirst = new Map<string, { label: string; form: RegExp; length: number }[]>();
  for (const label of labels) {
    const text = plain(label).trim().toLowerCase();
    if (text === '') continue;
    const words = text.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
    const ends = /[\p{Script=Latin}\p{N}]$/u.test(text) ? '(?![\\p{Script=Latin}\\p{N}])' : '';
    const form = new RegExp(`${words.join('\\s+')}${ends}`, 'iuy');
    const known = byFirst.get(text.slice(0, 1)) ?? [];
    known.push({ label, form, length: text.length });
    byFirst.set(text.slice(0, 1), known);
  }
  for (const found of byFirst.values()) found.sort((a, b) => b.length - a.length);
  return (text, at) => {
    const before = text.slice(Math.max(0, at - 1), at);
    const here = text.slice(at, at + 1);
    if (/[\p{Script=Latin}\p{N}]/u.test(here) && /[\p{Script=Latin}\p{N}]/u.test(before))
      return null;
    for (const { label, form } of byFirst.get(here.toLowerCase()) ?? []) {
      form.lastIndex = at;
      const length = form.exec(text)?.[0].length;
      if (length !== undefined) return { label, length };
    }
    return null;
  };
}
