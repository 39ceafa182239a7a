/** Finds the engine's shaders by name, lists the forms of each and makes kernels of them. */
import type { Kernel, KernelFamily, KernelFeature } from '../gpu/kernel.ts';
import { weightReaders } from './linear/weight-formats.ts';
import { expandShader, shaderParameters, type FormValues } from './shader-template.ts';

const files = import.meta.glob<string>('../../../shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const prefix = '../../../shaders/';

/** @throws SyntaxError where there is no such file */
function readShader(path: string): string {
  const text = files[prefix + path];
  if (text === undefined) throw new SyntaxError(`There is no shaders/${path}`);
  return text;
}

const sets = {
  readers: weightReaders,
  // Where the device has float16, weights in it are never unpacked.
  'native-readers': weightReaders.filter((reader) => reader !== 'f16'),
};
const parameters = new Map<string, ReturnType<typeof shaderParameters>>();

/** The values that a shader exists with, name by name. */
function parametersOf(name: string): ReturnType<typeof shaderParameters> {
  const known = parameters.get(name);
  if (known) return known;
  const found = shaderParameters(readShader(`${name}.wgsl`), sets);
  parameters.set(name, found);
  return found;
}

/** Every shader with an entry point: its path under shaders/, without the ending. */
export function shaderNames(): string[] {
  return Object.keys(files)
    .filter((path) => files[path]?.includes('\n@compute '))
    .map((path) => path.slice(prefix.length, -'.wgsl'.length))
    .sort();
}

/** Every form that a shader exists in. */
export function shaderForms(name: string): FormValues[] {
  let forms: FormValues[] = [{}];
  for (const [parameter, values] of parametersOf(name)) {
    forms = forms.flatMap((form) => values.map((value) => ({ ...form, [parameter]: value })));
  }
  return forms;
}

/** The WGSL text of a form. @throws RangeError where the shader does not exist in it */
export function assembleShader(name: string, form: FormValues = {}): string {
  const known = parametersOf(name);
  for (const [parameter, values] of known) {
    if (!values.includes(String(form[parameter]))) {
      throw new RangeError(`${name}: ${parameter} is ${form[parameter]}, not ${values.join(', ')}`);
    }
  }
  const unknown = Object.keys(form).find((parameter) => !known.has(parameter));
  if (unknown !== undefined) throw new RangeError(`${name} has no ${unknown}`);
  return expandShader(readShader(`${name}.wgsl`), form, readShader);
}

/** The files that shaders may be made of in any of their forms, each with its text. */
export function shaderParts(names: Iterable<string>): { name: string; source: string }[] {
  const found = new Map<string, string>();
  const add = (path: string): void => {
    if (found.has(path)) return;
    const text = readShader(path);
    found.set(path, text);
    for (const [, wanted = ''] of text.matchAll(/^\/\/% include (\S+)/gm)) {
      // Where the path contains a value, any file that the path may name.
      const pattern = new RegExp(
        `^${wanted.replaceAll('.', '\\.').replaceAll(/\$[A-Z]+/g, '[^/]+')}$`,
      );
      for (const file of Object.keys(files)) {
        if (pattern.test(file.slice(prefix.length))) add(file.slice(prefix.length));
      }
    }
  };
  for (const name of names) add(`${name}.wgsl`);
  return [...found].map(([name, source]) => ({ name, source }));
}

/** The name of a shader's form: `attention-forward-direct-8-4-vec4`. */
export function formName(name: string, form: FormValues = {}): string {
  const values = [...parametersOf(name).keys()].map((parameter) => form[parameter]);
  return [name.replaceAll('/', '-'), ...values].join('-');
}

const featureNames: Readonly<Record<string, KernelFeature>> = {
  f16: 'shader-f16',
  subgroups: 'subgroups',
  subgroup_size_control: 'subgroup-size-control',
  chromium_experimental_subgroup_matrix: 'chromium-experimental-subgroup-matrix',
};

/** The features that a text enables. */
function enabledFeatures(source: string): Kernel['requires'] {
  return [...source.matchAll(/^enable (\w+);$/gm)].map(([line, word = '']) => {
    const feature = featureNames[word];
    if (feature === undefined) throw new SyntaxError(`Which feature is "${line}"?`);
    return feature;
  });
}

/** The kernel of a form, the same object each time; made at the first request. */
export interface KernelForms {
  (form?: FormValues): Kernel;
  readonly shader: string;
}

/** The kernels of a shader, reported under `family`. */
export function shaderKernels(family: KernelFamily, shader: string): KernelForms {
  const made = new Map<string, Kernel>();
  const kernelOf = (form: FormValues = {}): Kernel => {
    const name = formName(shader, form);
    const known = made.get(name);
    if (known) return known;
    const source = assembleShader(shader, form);
    const kernel: Kernel = { name, family, source, requires: enabledFeatures(source) };
    made.set(name, kernel);
    return kernel;
  };
  return Object.assign(kernelOf, { shader });
}

/** The names of several shaders. */
export function shadersOf(kernels: Readonly<Record<string, KernelForms>>): string[] {
  return Object.values(kernels).map(({ shader }) => shader);
}
