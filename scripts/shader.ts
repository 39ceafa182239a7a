/** `npm run shader -- NAME`: prints the WGSL text of any of the engine's shaders; `-- --list` their names. */
import {
  assembleShader,
  formName,
  shaderForms,
  shaderNames,
} from '../src/engine/kernels/shaders.ts';

export function main([asked]: readonly string[]): number {
  const all = shaderNames().flatMap((shader) =>
    shaderForms(shader).map((form) => ({ name: formName(shader, form), shader, form })),
  );
  if (asked === '--list') {
    for (const { name } of all) console.log(name);
    return 0;
  }
  const found = all.find(({ name }) => name === asked);
  if (!found) {
    console.error('usage: npm run shader -- NAME, or npm run shader -- --list');
    const near = all.filter(({ name }) => asked !== undefined && name.includes(asked));
    for (const { name } of near) console.error(`  ${name}`);
    return 1;
  }
  console.log(assembleShader(found.shader, found.form));
  return 0;
}
