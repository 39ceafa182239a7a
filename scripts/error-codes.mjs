/**
 * What the parts below the page say to people, read from the syntax trees of src: every code that a
 * StudioError is thrown with (also through the helpers that take a code, or its last part, as a
 * parameter), and the English sentences that the page translates as they come.
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { projectFiles } from './files.mjs';
import { root } from './setup.mjs';

/**
 * @typedef {{ code: string, file: string, line: number }} Thrown
 * @typedef {{ prefix: string, name: string, index: number, file: string, method: boolean }} Helper
 */

/** @type {{ file: string, source: ts.SourceFile }[] | null} */
let read = null;

/** The sources of the studio as trees, tests left out. */
function parsed() {
  read ??= projectFiles()
    .filter((file) => /^src\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$|\/testing\//.test(file))
    .map((file) => ({
      file,
      source: ts.createSourceFile(
        file,
        readFileSync(`${root}/${file}`, 'utf8'),
        ts.ScriptTarget.Latest,
        true,
      ),
    }));
  return read;
}

/** Calls whose argument (by index) is a sentence that people read. @type {Record<string, number>} */
const sayingCalls = {
  progress: 1,
  keeping: 1,
  unsupported: 0,
  invalidRecipe: 1,
  invalidArchive: 2,
};

/**
 * English sentences that reach the page: `due` need a translation, `all` are any text below the page. A
 * value inside stands as `{}`.
 *
 * @returns {{ due: { text: string, file: string, line: number }[], all: Set<string> }}
 */
export function sentencesSaid() {
  /** @type {{ text: string, file: string, line: number }[]} */
  const due = [];
  /** @type {Set<string>} */
  const all = new Set();
  for (const { file, source } of parsed()) {
    if (/^src\/views\//.test(file)) continue;
    /** @param {ts.Node | undefined} node */
    const say = (node) => {
      if (!node) return;
      if (ts.isConditionalExpression(node)) {
        say(node.whenTrue);
        say(node.whenFalse);
        return;
      }
      const text = written(node);
      if (text === null || !/\p{Letter}{2}/u.test(text)) return;
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      due.push({ text, file, line });
    };
    walk(source, (node) => {
      const text = written(node);
      if (text !== null) all.add(text);
      if (ts.isPropertyAssignment(node)) {
        const name = node.name.getText(source);
        if (name === 'kept' || (name === 'note' && /^src\/worker\//.test(file))) {
          say(node.initializer);
        }
      } else if (
        ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
        /\.note$/.test(node.left.getText(source))
      ) {
        say(node.right);
      } else if (ts.isCallExpression(node)) {
        const called = node.expression.getText(source);
        const name = called.slice(called.lastIndexOf('.') + 1);
        const index = called === 'obstacles.add' ? 0 : sayingCalls[name];
        if (index !== undefined) say(node.arguments[index]);
      }
    });
  }
  return { due, all };
}

/** A literal's text with `{}` where a value stands; null for anything else. @param {ts.Node} node */
function written(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head.text, ...node.templateSpans.map((span) => `{}${span.literal.text}`)].join('');
}

/**
 * The codes, and places whose code cannot be read off the source.
 *
 * @returns {{ thrown: Thrown[], unread: { file: string, line: number, text: string }[] }}
 */
export function errorCodes() {
  const sources = parsed();
  /** @type {Thrown[]} */
  const thrown = [];
  /** @type {{ file: string, line: number, text: string }[]} */
  const unread = [];
  /** @type {Helper[]} */
  const helpers = [];

  for (const { file, source } of sources) {
    walk(source, (node) => {
      // Codes that travel as values are listed by their type.
      if (ts.isTypeAliasDeclaration(node) && node.name.text.endsWith('FaultCode')) {
        walk(node.type, (inner) => {
          if (ts.isLiteralTypeNode(inner)) take(inner.literal, file, source);
        });
      }
      if (!ts.isNewExpression(node) || node.expression.getText(source) !== 'StudioError') return;
      const description = node.arguments?.[0];
      // A description that came from elsewhere (another thread, say) has a code already.
      if (!description || !ts.isObjectLiteralExpression(description)) return;
      const property = description.properties.find(({ name }) => name?.getText(source) === 'code');
      if (!property) return;
      const value = ts.isPropertyAssignment(property) ? property.initializer : property.name;
      if (value) take(value, file, source);
    });
  }

  /** @param {ts.Node} value @param {string} file @param {ts.SourceFile} source */
  function take(value, file, source) {
    const line = source.getLineAndCharacterOfPosition(value.getStart(source)).line + 1;
    if (ts.isStringLiteralLike(value)) thrown.push({ code: value.text, file, line });
    else if (ts.isConditionalExpression(value)) {
      take(value.whenTrue, file, source);
      take(value.whenFalse, file, source);
    } else if (ts.isIdentifier(value)) helper(value, '', file, line);
    else if (
      ts.isTemplateExpression(value) &&
      value.templateSpans.length === 1 &&
      value.templateSpans[0]?.literal.text === '' &&
      ts.isIdentifier(value.templateSpans[0].expression)
    ) {
      helper(value.templateSpans[0].expression, value.head.text, file, line);
    } else unread.push({ file, line, text: value.getText(source) });
  }

  /**
   * @param {ts.Identifier} value @param {string} prefix @param {string} file @param {number} line
   * @param {boolean} [method]
   */
  function helper(value, prefix, file, line, method = false) {
    /** @type {ts.Node} */
    let around = value;
    while (!ts.isSourceFile(around)) {
      if (ts.isFunctionLike(around)) {
        const index = around.parameters.findIndex(({ name }) => name.getText() === value.text);
        const name = nameOf(around);
        if (index >= 0 && name) {
          const method = ts.isMethodDeclaration(around);
          const same = (/** @type {Helper} */ known) =>
            known.name === name && known.prefix === prefix && known.file === file;
          if (!helpers.some(same)) helpers.push({ prefix, name, index, file, method });
          return;
        }
      }
      around = around.parent;
    }
    if (!method) unread.push({ file, line, text: value.text });
  }

  // Helpers may be called by helpers: the list grows while it is walked.
  for (let at = 0; at < helpers.length; at += 1) {
    const called = /** @type {Helper} */ (helpers[at]);
    const { prefix, index } = called;
    for (const { file, source } of sources) {
      if (!called.method && !knows(source, file, called)) continue;
      walk(source, (node) => {
        if (!ts.isCallExpression(node)) return;
        const { expression } = node;
        const method = ts.isPropertyAccessExpression(expression);
        const name = method ? expression.name.text : expression.getText(source);
        const argument = node.arguments[index];
        if (name !== called.name || method !== called.method || !argument) return;
        const line = source.getLineAndCharacterOfPosition(argument.getStart(source)).line + 1;
        if (ts.isStringLiteralLike(argument)) {
          thrown.push({ code: prefix + argument.text, file, line });
        } else if (ts.isIdentifier(argument)) helper(argument, prefix, file, line, method);
        else if (ts.isConditionalExpression(argument)) {
          for (const branch of [argument.whenTrue, argument.whenFalse]) {
            if (ts.isStringLiteralLike(branch)) {
              thrown.push({ code: prefix + branch.text, file, line });
            }
          }
        }
      });
    }
  }
  return { thrown, unread };
}

/**
 * Whether a file declares or imports a helper.
 *
 * @param {ts.SourceFile} source @param {string} file @param {Helper} helper
 */
function knows(source, file, helper) {
  if (file === helper.file) return true;
  const own = helper.file.slice(helper.file.lastIndexOf('/') + 1);
  return source.statements.some(
    (statement) =>
      ts.isImportDeclaration(statement) &&
      ts.isStringLiteral(statement.moduleSpecifier) &&
      statement.moduleSpecifier.text.endsWith(`/${own}`) &&
      statement.importClause?.getText(source).includes(helper.name),
  );
}

/** @param {ts.SignatureDeclaration} declaration @returns {string | null} */
function nameOf(declaration) {
  if (declaration.name) return declaration.name.getText();
  const { parent } = declaration;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)
    ? parent.name.getText()
    : null;
}

/** @param {ts.Node} node @param {(node: ts.Node) => void} visit */
function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}
