/** Rolls declarations up: all that an entry exports, and what that is made of, in one file. */
import ts from 'typescript';

/**
 * @param {ts.Program} program over declarations
 * @param {string} entry path of an entry's declarations
 * @param {{ readonly from: string, readonly symbols: ReadonlySet<ts.Symbol> }} [below] an entry that this one imports
 * @returns {{ text: string, symbols: Set<ts.Symbol> }} the file, and what it exports
 */
export function rollUp(program, entry, below) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${entry} exports nothing`);
  const exported = checker.getExportsOfModule(module);
  const reached = new Reached(checker, below?.symbols ?? new Set());
  for (const symbol of exported) reached.add(symbol);
  const imports = [...reached.imported].sort();
  const names = exported.map(({ name }) => name).sort();
  return {
    symbols: new Set(exported.map((symbol) => aliased(checker, symbol))),
    text: [
      ...(below && imports.length > 0
        ? [`import type { ${imports.join(', ')} } from '${below.from}';`]
        : []),
      ...[...reached.statements].map(withoutExport),
      `export { ${names.join(', ')} };\n`,
    ].join('\n'),
  };
}

/** Statements that the exports of an entry lead to. */
class Reached {
  /** @type {Set<ts.Statement>} */
  statements = new Set();
  /** @type {Set<string>} names that another entry exports */
  imported = new Set();
  /** @type {Map<string, ts.Symbol>} */
  #named = new Map();

  /**
   * @param {ts.TypeChecker} checker
   * @param {ReadonlySet<ts.Symbol>} elsewhere what is imported where it is met
   */
  constructor(checker, elsewhere) {
    this.checker = checker;
    this.elsewhere = elsewhere;
  }

  /** @param {ts.Symbol} given @param {string} [written] the name that it is met under */
  add(given, written = given.name) {
    const symbol = aliased(this.checker, given);
    for (const declaration of symbol.declarations ?? []) {
      const statement = topStatement(declaration);
      // Of a library, or inside of a statement: a property, a parameter.
      if (!statement || !statement.declares.includes(symbol.name)) continue;
      if (this.elsewhere.has(symbol)) {
        this.imported.add(symbol.name);
        continue;
      }
      if (written !== symbol.name) {
        throw new Error(`${symbol.name} is met as ${written}: in one file it has one name`);
      }
      const known = this.#named.get(written) ?? symbol;
      if (known !== symbol) throw new Error(`Two declarations are called ${written}`);
      this.#named.set(written, symbol);
      this.#follow(statement.node);
    }
  }

  /** @param {ts.Statement} statement */
  #follow(statement) {
    if (this.statements.has(statement)) return;
    this.statements.add(statement);
    const visit = (/** @type {ts.Node} */ node) => {
      const symbol = ts.isIdentifier(node) && this.checker.getSymbolAtLocation(node);
      if (symbol) this.add(symbol, node.text);
      ts.forEachChild(node, visit);
    };
    visit(statement);
  }
}

/** @param {ts.TypeChecker} checker @param {ts.Symbol} symbol */
function aliased(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/**
 * The statement of a module that a declaration is or stands in, and the names that it declares.
 * @param {ts.Node} declaration
 */
function topStatement(declaration) {
  let node = declaration;
  while (node.parent && !ts.isSourceFile(node.parent)) node = node.parent;
  const source = node.getSourceFile();
  if (!node.parent || source.fileName.includes('/node_modules/')) return undefined;
  const statement = /** @type {ts.Statement} */ (node);
  const declares = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map(({ name }) => name.getText())
    : [/** @type {ts.InterfaceDeclaration} */ (statement).name?.text ?? ''];
  return { node: statement, declares };
}

/** @param {ts.Statement} statement */
function withoutExport(statement) {
  const said = ts.getJSDocCommentsAndTags(statement).findLast(ts.isJSDoc)?.getText();
  // A word to those who write the API pages.
  const comment = said?.replace(/(\n \*)? @inline/, '');
  const text = statement.getText().replace(/^export (?=declare|interface|type|abstract)/, '');
  return comment === undefined || comment === '/** */' ? text : `${comment}\n${text}`;
}
