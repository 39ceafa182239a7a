/**
 * Finds names of missing files in documents and in the comments of code.
 *
 * A name counts as there when it is the path of a file of the project, or its end (`kernels/kernel-class.ts`),
 * or, for a link in a document, a path from that document. `*`, `**` and words in capitals (`FILE.ts`)
 * stand for anything.
 */
import { posix } from 'node:path';

/** Documents that name files; the changelog names what once was, and public/ has texts of others. */
const DOCUMENT = /^(?!CHANGELOG|public\/|docs\/tree\.md).*\.md$/;
const CODE = /^(src|shaders|scripts|bench|e2e|test)\/.*\.(ts|tsx|mjs|wgsl|css)$/;
const SOURCE = /(?<![\w:@/.*-])[\w.*<>/-]*[\w*>]\.(?:tsx?|mjs|wgsl|css|md)(?![\w/-])/g;
const FROM_THE_ROOT =
  /(?<![\w:@/.-])(?:src|shaders|scripts|bench|e2e|test|docs|public|\.github|\.githooks)\/[\w.*<>/-]*[\w*>]/g;
const LINK = /\]\((?!\w+:|#)([^)#\s]+)/g;
/** Test sources whose strings and comments hold names of files that only exist in the test. */
const INVENTS = /\.test\.tsx?$|\/testing\/|^test\/fixtures\//;

/** @param {string} name */
function asPattern(name) {
  const source = name
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\//g, '\u0000')
    .replace(/\*|<\w+>|\b[A-Z]{3,}\b(?!\\\.md)/g, '[^/]+')
    .replaceAll('\u0000', '(?:.+/)?');
  return new RegExp(`(^|/)${source}(/|$)`);
}

/** @param {string} text */
const commentsOf = (text) =>
  text
    .split('\n')
    .map((line) => /^\s*(?:\/\*\*?|\*|\/\/)(.*)$/.exec(line)?.[1] ?? '')
    .join('\n');

/**
 * Names in one file that no file of the project bears.
 *
 * @param {string} file
 * @param {string} text
 * @param {readonly string[]} files all paths of the project
 * @returns {{ line: number, name: string }[]}
 */
export function missingPaths(file, text, files) {
  const document = DOCUMENT.test(file);
  if (!document && (!CODE.test(file) || INVENTS.test(file))) return [];
  const here = posix.dirname(file);
  /** @param {string} name */
  const exists = (name) => {
    const clean = name.replace(/^\.\//, '').replace(/\/$/, '');
    const pattern = asPattern(clean.startsWith('.') && !clean.includes('/') ? `*${clean}` : clean);
    const local = posix.join(here, clean);
    return files.some(
      (path) => pattern.test(path) || path === local || path.startsWith(`${local}/`),
    );
  };
  return (document ? text : commentsOf(text)).split('\n').flatMap((line, index) => {
    const patterns = document ? [SOURCE, FROM_THE_ROOT] : [SOURCE];
    const names = new Set(patterns.flatMap((pattern) => line.match(pattern) ?? []));
    if (document) for (const match of line.matchAll(LINK)) names.add(match[1] ?? '');
    return [...names].filter((name) => !exists(name)).map((name) => ({ line: index + 1, name }));
  });
}
