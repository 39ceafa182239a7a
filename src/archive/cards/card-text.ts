/** Puts people's and files' texts into a card without letting them add lines, keys or markup. */

/** Line breaks of every kind, control characters, and those that turn the direction of reading. */
const FOLDED = /[\s\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

function oneLine(text: string): string {
  return text.replace(FOLDED, ' ').trim();
}

/** A YAML string: YAML accepts JSON's quotes and escapes. */
export function yamlText(text: string): string {
  return JSON.stringify(oneLine(text));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text in HTML, in an element or a quoted attribute, at most `most` characters of it. */
export function htmlText(text: string, most = 400): string {
  const line = oneLine(text);
  const cut = line.length > most ? `${line.slice(0, most)}…` : line;
  return cut.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}

/** Text for part of a Markdown line that reads as it was typed. */
export function inline(text: string): string {
  return (
    oneLine(text)
      .replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign)
      .replace(/[\\`*_[\]~|#$]/g, '\\$&')
      .replace(/^[-+=]/, '\\$&')
      // A number begins a list only before a blank: versions such as 0.2.0 stay whole.
      .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
  );
}

/** A cell of a Markdown table, which text from people's files must not break. */
export function cell(text: string): string {
  return inline(text.replaceAll(/[|\r\n]+/g, ' ').slice(0, 120));
}
