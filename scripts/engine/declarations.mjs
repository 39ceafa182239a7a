/** Writes the type declarations of the engine's package: for each entry one file with all that it exports, no more. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { root } from '../setup.mjs';
import { printType } from './print-type.mjs';
import { rollUp } from './roll-up.mjs';

/** The recipe's type is made from its schema; users get it written out, and need no package for it. */
const RECIPE = 'src/engine/training/recipe/recipe.ts';

/**
 * @param {{ readonly index: string, readonly node: string }} entries sources, from the root
 * @param {string} out folder of one file for each entry
 */
export function writeDeclarations(entries, out) {
  const apart = join(out, 'apart');
  try {
    const declared = declareModules(Object.values(entries), apart);
    const options = { lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'], types: [], skipLibCheck: true };
    const program = ts.createProgram([...declared.values()], {
      ...options,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    });
    const index = rollUp(program, declared.get(entries.index) ?? '');
    const from = './index.js';
    const node = rollUp(program, declared.get(entries.node) ?? '', {
      from,
      symbols: index.symbols,
    });
    writeFileSync(join(out, 'index.d.ts'), index.text);
    writeFileSync(join(out, 'node.d.ts'), node.text);
  } finally {
    rmSync(apart, { recursive: true, force: true });
  }
}

/**
 * Writes the declarations of every module that the entries reach.
 * @param {readonly string[]} entries
 * @param {string} out folder
 * @returns {Map<string, string>} their paths by source
 */
function declareModules(entries, out) {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${root}tsconfig.json`,
    {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      rootDir: `${root}src`,
      outDir: out,
      paths: {},
      types: ['@webgpu/types', 'vite/client', 'node'],
    },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  if (!config) throw new Error('tsconfig.json cannot be read');
  const program = ts.createProgram(
    entries.map((entry) => `${root}${entry}`),
    config.options,
  );
  /** @type {Map<string, string>} */
  const written = new Map();
  const reached = new Set(entries);
  for (const source of reached) {
    const text = source === RECIPE ? recipeDeclaration(program) : declarationsOf(program, source);
    // The declarations that a module names are those of the TypeScript beside it.
    const own = text.replace(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, (_whole, quote, specifier) => {
      reached.add(`${posix.join(posix.dirname(source), specifier)}.ts`);
      return `${quote}${specifier}.js${quote}`;
    });
    const target = join(out, source.replace(/^src\//, '').replace(/\.ts$/, '.d.ts'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, own);
    written.set(source, target);
  }
  return written;
}

/**
 * @param {ts.Program} program
 * @param {string} source
 */
function declarationsOf(program, source) {
  let emitted = '';
  const { diagnostics } = program.emit(
    program.getSourceFile(`${root}${source}`),
    (_path, text) => (emitted = text),
  );
  const [fault] = diagnostics;
  if (fault) fail(fault);
  return emitted;
}

/** @param {ts.Diagnostic} fault @returns {never} */
function fail(fault) {
  throw new Error(ts.flattenDiagnosticMessageText(fault.messageText, '\n'));
}

/** @param {ts.Program} program */
function recipeDeclaration(program) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(`${root}${RECIPE}`);
  const alias = source?.statements.find(
    (statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === 'Recipe',
  );
  if (!alias) throw new Error(`${RECIPE} has no type Recipe`);
  const type = checker.getTypeAtLocation(alias);
  return [
    '/** A run as data: which branches each stage attaches where, which of them train, and what the loss adds. */',
    `export type Recipe = ${printType(checker, type)};`,
    "export type RecipeStage = Recipe['stages'][number];",
    "export type RecipeBranch = RecipeStage['attach'][number];",
    '',
  ].join('\n');
}
