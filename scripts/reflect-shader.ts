/** Reads what a WGSL text declares, also where it has subgroup matrices, which wgsl_reflect does not know. */
import { WgslReflect } from 'wgsl_reflect';

/** What stands in the place of types and builtins that hold no binding and no entry point. */
const unknown: readonly (readonly [RegExp, string])[] = [
  [/\bsubgroup_matrix_(left|right|result)<[^>]*>/g, 'f32'],
  [/\b(subgroupMatrix\w+)<[^>]*>\(/g, '$1('],
];

export function reflectShader(source: string): WgslReflect {
  const known = unknown.reduce((text, [pattern, other]) => text.replaceAll(pattern, other), source);
  return new WgslReflect(known);
}
