import { expect, test } from 'vitest';
import { signatureOf } from './file-signature.ts';

/** The beginning of a ZIP archive that holds these files, as far as it matters here. */
const archive = (...names: readonly string[]): Uint8Array =>
  new TextEncoder().encode(`PK\u0003\u0004${names.join('\u0000PK\u0003\u0004')}`);

test.each([
  ['spreadsheet', ['docProps/app.xml', 'xl/workbook.xml']],
  ['spreadsheet', ['[Content_Types].xml']],
  ['spreadsheet', ['mimetypeapplication/vnd.oasis.opendocument.spreadsheet']],
  ['document', ['[Content_Types].xml', '_rels/.rels', 'word/document.xml']],
  ['document', ['mimetypeapplication/vnd.oasis.opendocument.text']],
  ['zip', ['notes.csv']],
])('an archive is called %s by what is in it: %j', (signature, names) => {
  expect(signatureOf(archive(...names))).toBe(signature);
});
