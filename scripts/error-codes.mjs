/**
 * Every code that a StudioError is thrown with under src, and where: read from the syntax trees, also
 * through the helpers that take a code (or its last part) as a parameter.
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { projectFiles } from './files.mjs';
import { root } from './setup.mjs';

/**
 * @typedef {{ code: string, file: string, line: number }} Thrown
 * @typedef {{ prefix: string, name: string, index: number, file: string, method: boolean }} Helper
 */

/**
 * The codes, and places whose code cannot be read off the source.
 *
 * @returns {{ thrown: Thrown[], unread: { file: string, line: number, text: string }[] }}
 */
export function errorCodes() {
  const sources = projectFiles()
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
  /** @type {Thrown[]} */
  const thrown = [];
  /** @type {{ file: string, line: number, text: string }[]} */
  const unread = [];
  /** @type {Helper[]} */
  const helpers = [];

  for (const { file, source } of sources) {
    walk(source, (node) => {
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

  /** @param {ts.Identifier} value @param {string} prefix @param {string} file @param {number} line */
  function helper(value, prefix, file, line) {
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
    unread.push({ file, line, text: value.text });
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
        } else if (ts.isIdentifier(argument)) helper(argument, prefix, file, line);
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
