#!/usr/bin/env node
/**
 * Checks that the studio speaks two complete languages: what people read stands in `inLanguages({ en, zh })`
 * and nowhere else under src/views, src/studio and src/cli, every Chinese message is Chinese, and no English one is,
 * and Chinese, there and in src/faults/zh and src/archive/cards, has the marks and the words of Chinese: ，。：；？！（）
 * beside Chinese characters, and one word for one thing. What `memo` keeps must follow the language by itself. That both
 * have the same keys is the compiler's part.
 *
 *     node scripts/checks/words.mjs [FOLDER …]
 *
 * A line that must stay as it is (for a file format's own term, say) ends in `// words: REASON`.
 */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import process from 'node:process';
import ts from 'typescript';
import { projectFiles } from '../files.mjs';
import { root } from '../setup.mjs';

/** Attributes whose text is read or spoken. */
const readAttributes =
  /^(aria-(label|description|roledescription|valuetext)|label|title|alt|placeholder|help|hint|name|what|description|summary|text|remedy|kept|message|unit|caption|noun|legend|heading|empty)$/;
/** Attributes and functions whose text is for machines. */
const machineAttributes =
  /^(className|class|style|id|key|role|type|href|d|fill|stroke|transform|points|viewBox|value|htmlFor|tone|size|variant|accept|autoComplete|preserveAspectRatio)$/;
const machineCalls =
  /^(classes|readPreference|writePreference|matchMedia|querySelector|querySelectorAll|addEventListener|call|Error|TypeError|RangeError)$/;

const letters = /\p{Letter}{2,}/u;
const twoWords = /\p{Letter}{2,}[^\p{Letter}]* \p{Letter}{2,}/u;
const han = /\p{Script=Han}/u;
/**
 * A half-width mark beside a Chinese character, blanks between them or not. A point before Latin letters begins the
 * ending of a file's name (.jsonl).
 */
const halfWidth =
  /\p{Script=Han}\s*(?:[,:;?!()]|\.(?![A-Za-z]))|(?:[,:;?!()]|(?<![A-Za-z0-9])\.)\s*\p{Script=Han}/u;
/** Words that the glossary does not have, each with the one that it has. */
const otherWords = /** @type {const} */ ({
  令牌: '词元',
  token: '词元',
  您: '你',
  路由器: '路由',
  挂接: '挂载',
  存档: '归档',
});

/**
 * @typedef {{ file: string, line: number, text: string, why: string }} Finding
 */

/**
 * @param {string} file
 * @returns {Finding[]}
 */
function findings(file) {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lines = text.split('\n');
  /** @type {Finding[]} */
  const found = [];

  /** @param {ts.Node} node @param {string} words @param {string} why */
  const report = (node, words, why) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    if (/\/\/ words: \S/.test(lines[line] ?? '')) return;
    found.push({ file, line: line + 1, text: words.trim().replace(/\s+/g, ' ').slice(0, 70), why });
  };

  /** @param {ts.Node} node @param {boolean} shown whether text here is certainly read by people */
  const visit = (node, shown) => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isCallExpression(node)) {
      const name = ts.isPropertyAccessExpression(node.expression)
        ? node.expression.name.text
        : node.expression.getText(source);
      if (name === 'inLanguages') {
        checkLanguages(node, report);
        return;
      }
      if (machineCalls.test(name)) return;
      if (name === 'memo' && !/\buse(Words|Language)\(/.test(node.getText(source))) {
        report(node, node.getText(source), 'memo keeps its words in another language: useWords');
      }
    }
    if (ts.isNewExpression(node) && machineCalls.test(node.expression.getText(source))) return;
    if (ts.isJsxAttribute(node)) {
      const name = node.name.getText(source);
      if (machineAttributes.test(name)) return;
      if (node.initializer) visit(node.initializer, readAttributes.test(name));
      return;
    }
    if (ts.isJsxText(node)) {
      if (letters.test(node.text)) report(node, node.text, 'text in JSX');
      return;
    }
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const words = ts.isTemplateExpression(node)
        ? [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join(' ')
        : node.text;
      const named = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
      const compared =
        ts.isBinaryExpression(node.parent) &&
        /^[!=]==?$/.test(node.parent.operatorToken.getText(source));
      if (shown && !compared && letters.test(words)) report(node, words, 'a word that is shown');
      else if (!named && !compared && twoWords.test(words)) report(node, words, 'a sentence');
      if (ts.isTemplateExpression(node)) {
        for (const span of node.templateSpans) visit(span.expression, shown);
      }
      return;
    }
    if (ts.isJsxExpression(node)) {
      // A child of an element is shown; an attribute's expression inherits from the attribute.
      const child = ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent);
      if (node.expression) visit(node.expression, child || shown);
      return;
    }
    // What a conditional or a fallback yields is shown; conditions, arguments and bodies are not.
    if (ts.isConditionalExpression(node)) {
      visit(node.condition, false);
      visit(node.whenTrue, shown);
      visit(node.whenFalse, shown);
      return;
    }
    const passes =
      ts.isParenthesizedExpression(node) ||
      (ts.isBinaryExpression(node) &&
        /^(\?\?|\|\||&&|\+)$/.test(node.operatorToken.getText(source)));
    ts.forEachChild(node, (child) => {
      visit(child, passes && shown);
    });
  };
  visit(source, false);
  return found;
}

/**
 * Chinese sentences outside of the pages: faults, and cards for print.
 *
 * @param {string} file
 * @returns {Finding[]}
 */
function chineseFindings(file) {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lines = text.split('\n');
  /** @type {Finding[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const words = spoken(node);
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      if (!han.test(words) || /\/\/ words: \S/.test(lines[line] ?? '')) return;
      checkChinese(node, words, (_node, said, why) => {
        found.push({ file, line: line + 1, text: said.trim().slice(0, 70), why });
      });
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * The leaves of both languages side by side.
 *
 * @param {ts.CallExpression} call
 * @param {(node: ts.Node, words: string, why: string) => void} report
 */
function checkLanguages(call, report) {
  const argument = call.arguments[0];
  if (!argument || !ts.isObjectLiteralExpression(argument)) {
    report(call, call.getText(), 'inLanguages takes an object literal');
    return;
  }
  for (const language of argument.properties) {
    if (!ts.isPropertyAssignment(language)) continue;
    const isChinese = language.name.getText() === 'zh';
    /** @param {ts.Node} node */
    const leaves = (node) => {
      if (ts.isPropertyAssignment(node) && !ts.isObjectLiteralExpression(node.initializer)) {
        const words = spoken(node.initializer);
        if (isChinese && twoWords.test(words) && !han.test(words)) {
          report(node, words, 'not translated');
        }
        if (!isChinese && han.test(words)) report(node, words, 'Chinese among the English');
        if (isChinese) checkChinese(node, words, report);
        return;
      }
      ts.forEachChild(node, leaves);
    };
    leaves(language.initializer);
  }
}

/**
 * The marks and the words of a Chinese message.
 *
 * @param {ts.Node} node
 * @param {string} words
 * @param {(node: ts.Node, words: string, why: string) => void} report
 */
function checkChinese(node, words, report) {
  if (halfWidth.test(words)) report(node, words, 'a half-width mark in Chinese');
  for (const [other, word] of Object.entries(otherWords)) {
    const found = han.test(other)
      ? words.includes(other)
      : new RegExp(`\\b${other}s?\\b`).test(words);
    if (found) report(node, words, `${other} is ${word} in the glossary`);
  }
}

/** All text in an expression. @param {ts.Node} node @returns {string} */
function spoken(node) {
  if (ts.isJsxText(node) || ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) {
    return node.text;
  }
  /** @type {string[]} */
  const parts = [];
  ts.forEachChild(node, (child) => {
    parts.push(spoken(child));
  });
  return parts.filter(Boolean).join(' ');
}

const folders = process.argv.slice(2).map((folder) => relative(root, resolve(folder)));
const files = projectFiles().filter(
  (file) =>
    /^src\/(views|studio|cli)\/.*\.tsx?$/.test(file) &&
    !/\.test\.tsx?$/.test(file) &&
    (folders.length === 0 || folders.some((folder) => file.startsWith(folder))),
);
const chinese = projectFiles().filter(
  (file) => /^src\/(faults\/zh|archive\/cards)\/.*\.ts$/.test(file) && !/\.test\.ts$/.test(file),
);
const all = [
  ...files.flatMap(findings),
  ...(folders.length === 0 ? chinese : []).flatMap(chineseFindings),
];
for (const { file, line, text, why } of all) console.error(`${file}:${line}: ${why}: ${text}`);
console.log(`${files.length} files, ${all.length} words outside of both languages`);
process.exitCode = all.length === 0 ? 0 : 1;
