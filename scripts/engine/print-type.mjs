/** Prints a type of plain data in full, with the comments of its properties. */
import ts from 'typescript';

/**
 * @param {ts.TypeChecker} checker
 * @param {ts.Type} type objects, arrays, tuples, unions, literals and primitives
 * @param {string} [indent]
 * @returns {string}
 */
export function printType(checker, type, indent = '') {
  const inner = `${indent}  `;
  const print = (/** @type {ts.Type} */ part, deeper = indent) => printType(checker, part, deeper);
  if (type.flags & ts.TypeFlags.Boolean) return 'boolean';
  if (type.isUnion()) {
    const parts = type.types.map((part) => print(part));
    return [...new Set(parts.map((part) => (/^(true|false)$/.test(part) ? 'boolean' : part)))].join(
      ' | ',
    );
  }
  if (!(type.flags & ts.TypeFlags.Object)) return checker.typeToString(type);
  if (checker.isTupleType(type)) {
    const parts = checker.getTypeArguments(/** @type {ts.TypeReference} */ (type));
    return `[${parts.map((part) => print(part)).join(', ')}]`;
  }
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(/** @type {ts.TypeReference} */ (type));
    return element ? `(${print(element)})[]` : 'never[]';
  }
  const index = checker.getIndexInfosOfType(type).map(({ keyType, type: value }) => {
    return `${inner}[key: ${checker.typeToString(keyType)}]: ${print(value, inner)};`;
  });
  const properties = checker.getPropertiesOfType(type).map((property) => {
    const optional = property.flags & ts.SymbolFlags.Optional ? '?' : '';
    const comment = ts.displayPartsToString(property.getDocumentationComment(checker));
    const said = comment === '' ? '' : `${inner}/** ${comment.replaceAll('\n', ' ')} */\n`;
    const value = print(checker.getTypeOfSymbol(property), inner);
    return `${said}${inner}${property.name}${optional}: ${value};`;
  });
  return `{\n${[...properties, ...index].join('\n')}\n${indent}}`;
}
