import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArrayInfo, StructInfo, type TypeInfo } from 'wgsl_reflect';
import { reflectShader } from '../scripts/reflect-shader.ts';
import { storageStrides } from '../src/engine/gpu/binding-sizes.ts';
import type { Kernel, KernelFeature } from '../src/engine/gpu/kernel.ts';
import { expandShader } from '../src/engine/kernels/shader-template.ts';
import { shaderForms, shaderKernels, shaderNames } from '../src/engine/kernels/shaders.ts';
import { createCheckingGpu, createNodeGpu } from '../src/engine/node/dawn.ts';

/** All that a shader may need of a device, by its name in WGSL. */
const features: Readonly<Record<string, KernelFeature>> = {
  f16: 'shader-f16',
  subgroups: 'subgroups',
  subgroup_size_control: 'subgroup-size-control',
  chromium_experimental_subgroup_matrix: 'chromium-experimental-subgroup-matrix',
};

/** What every WebGPU device has; the engine may ask for more, but has to run with this. */
const GUARANTEED = { storageBuffers: 8, uniformBuffers: 12, invocations: 256 };

const shaders = import.meta.glob<string>('../shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const wrapperTexts = import.meta.glob<string>(
  ['../src/engine/kernels/**/*.ts', '!**/*.test.ts', '!**/*.cases.ts'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);
const testTexts = import.meta.glob<string>('../src/engine/**/*.test.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const names = shaderNames();
/** Every form of every shader with an entry point. */
const kernels = names.flatMap((name) => {
  // The family says nothing to a compiler.
  const forms = shaderKernels('copy', name);
  return shaderForms(name).map((form) => forms(form));
});
/** The files that a shader is made of in any of its forms. */
function partsOf(name: string): Set<string> {
  const found = new Set([`${name}.wgsl`]);
  const read = (path: string): string => {
    found.add(path);
    return shaders[`../shaders/${path}`] ?? '';
  };
  for (const form of shaderForms(name)) expandShader(read(`${name}.wgsl`), form, read);
  return found;
}
/** Found once: every shader has up to a hundred forms, and every file is looked for in all of them. */
const parts = new Map(names.map((name) => [name, partsOf(name)]));

/** Devices without a driver: one with every feature that kernels may require, one with none of them. */
let able: GPUDevice;
let bare: GPUDevice;
/**
 * The driver under test. Not SwiftShader: it takes seconds for each of the large kernels, and compiles those
 * that it runs in their own tests.
 */
let driver: GPUDevice | null = null;

beforeAll(async () => {
  const open = async (gpu: GPU, wanted: readonly KernelFeature[]): Promise<GPUDevice> => {
    const adapter = await gpu.requestAdapter();
    if (!adapter) throw new Error('no WebGPU adapter');
    const requiredFeatures = wanted.filter((name) => adapter.features.has(name));
    // No limits are asked for, so the device has the guaranteed ones and refuses what exceeds them.
    return adapter.requestDevice({ requiredFeatures: requiredFeatures as GPUFeatureName[] });
  };
  const checking = await createCheckingGpu();
  const all = Object.values(features);
  able = await open(checking, all);
  expect([...able.features]).toEqual(expect.arrayContaining(all));
  bare = await open(checking, []);
  if (process.env['MEDCARE_ADAPTER'] !== 'swiftshader') {
    driver = await open(await createNodeGpu(), all);
  }
});
afterAll(() => {
  for (const device of [able, bare, driver]) device?.destroy();
});

interface Verdict {
  /** What the compiler of WGSL says. */
  readonly messages: readonly string[];
  /** Why there is no pipeline; null where there is one. */
  readonly refusal: string | null;
}

async function compile(device: GPUDevice, { source }: Kernel): Promise<Verdict> {
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: source });
  const { messages } = await module.getCompilationInfo();
  const invalid = await device.popErrorScope();
  const texts = messages.map(({ lineNum, message }) => `${lineNum}: ${message}`);
  if (invalid) return { messages: texts, refusal: invalid.message };
  const compute = { module, entryPoint: 'main' };
  const refusal = await device.createComputePipelineAsync({ layout: 'auto', compute }).then(
    () => null,
    (error: unknown) => String(error),
  );
  return { messages: texts, refusal };
}

/** The files, of those given with their texts, that import a file (by its name, from any folder). */
function importersOf(file: string, texts: Record<string, string>): string[] {
  const name = file.split('/').at(-1) ?? '';
  return Object.keys(texts).filter((path) => texts[path]?.includes(`/${name}'`));
}

/** Names of the features a kernel's text enables, as WebGPU calls them. */
function enabledFeatures(source: string): string[] {
  return [...source.matchAll(/^\s*enable\s+([\w, ]+);/gm)]
    .flatMap((match) => (match[1] ?? '').split(','))
    .map((name) => features[name.trim()] ?? name.trim());
}

test('shaders and kernels are there', () => {
  expect(Object.keys(shaders).length).toBeGreaterThan(0);
  expect(kernels.length).toBeGreaterThan(0);
});

describe.each(Object.keys(shaders))('%s', (path) => {
  const importPath = path.replace('../shaders/', '');

  test('starts with a comment that says what it computes', () => {
    expect(shaders[path]).toMatch(/^(enable [\w, ]+;\n+)?\/\/ \S/);
  });

  test('is part of a kernel whose wrapper has a test', () => {
    const users = names.filter((name) => parts.get(name)?.has(importPath));
    expect(users.length).toBeGreaterThan(0);
    for (const name of users) {
      const wrappers = Object.keys(wrapperTexts).filter((file) =>
        wrapperTexts[file]?.includes(`'${name}'`),
      );
      expect(wrappers.length, `no wrapper names ${name}`).toBeGreaterThan(0);
      for (const wrapper of wrappers) {
        // A test imports it, or imports a kernel that is built with it.
        const files = [wrapper, ...importersOf(wrapper, wrapperTexts)];
        const tested = files.some((file) => importersOf(file, testTexts).length > 0);
        expect(tested, `no test imports ${wrapper}`).toBe(true);
      }
    }
  });
});

describe.each(kernels.map((kernel) => [kernel.name, kernel] as const))('%s', (_, kernel) => {
  test('enables what it declares to require, and nothing else', () => {
    expect([...kernel.requires].sort()).toEqual(enabledFeatures(kernel.source).sort());
  });

  test('reflection: one entry point, gapless bindings, within every device’s limits', () => {
    const reflection = reflectShader(kernel.source);
    expect(reflection.entry.compute.map(({ name }) => name)).toEqual(['main']);
    const { storage, uniforms } = reflection;
    for (const variable of [...storage, ...uniforms]) expect(variable.group).toBe(0);
    // Storage bindings count from 0 in order, the uniform block comes last: see KernelCall.
    const numbers = storage.map(({ binding }) => binding).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_number, index) => index));
    expect(uniforms.length).toBeLessThanOrEqual(1);
    for (const uniform of uniforms) expect(uniform.binding).toBe(storage.length);
    expect(storage.length).toBeLessThanOrEqual(GUARANTEED.storageBuffers);
    for (const variable of storage) expect(['read', 'read_write']).toContain(variable.access);
    // Layouts ask for one element of each array.
    const strides = storageStrides(kernel.source);
    for (const { binding, name, type } of storage) {
      expect(strides[binding], name).toBe(type instanceof ArrayInfo ? type.stride : 'no array');
    }
    for (const { type } of uniforms) checkUniformBlock(type);
    expect(workgroupThreads(kernel)).toBeLessThanOrEqual(GUARANTEED.invocations);
  });

  test('compiles without a message, and makes a pipeline on a device with the default limits', async () => {
    const accepted = { messages: [], refusal: null };
    expect(await compile(able, kernel)).toEqual(accepted);
    const fits = kernel.requires.every((feature) => driver?.features.has(feature));
    if (driver && fits) expect(await compile(driver, kernel)).toEqual(accepted);
  });

  if (kernel.requires.length > 0) {
    test('is refused by a device without what it requires', async () => {
      const { messages, refusal } = await compile(bare, kernel);
      expect(messages.length).toBeGreaterThan(0);
      expect(refusal).not.toBeNull();
    });
  }
});

/**
 * Uniform blocks are written as 32-bit words, one after another (UniformWord). In them the elements of arrays, and
 * arrays and structs themselves, begin at multiples of 16 bytes: newer browsers allow other places, wgpu does not.
 */
function checkUniformBlock(type: TypeInfo): void {
  if (type instanceof ArrayInfo) {
    expect(type.stride % 16, `elements of ${type.name}`).toBe(0);
    checkUniformBlock(type.format);
  }
  if (!(type instanceof StructInfo)) return;
  for (const { name, offset, type: member } of type.members) {
    const inner = member instanceof ArrayInfo || member instanceof StructInfo;
    expect(offset % (inner ? 16 : 4), `${type.name}.${name}`).toBe(0);
    checkUniformBlock(member);
  }
}

/** Threads of a workgroup with every overridable constant at its default. */
function workgroupThreads({ source, name }: Kernel): number {
  const constants = new Map<string, number>();
  for (const match of source.matchAll(
    /^\s*(?:override|const)\s+(\w+)(?:\s*:\s*\w+)?\s*=\s*(\d+)u?\s*;/gm,
  )) {
    constants.set(match[1] ?? '', Number(match[2]));
  }
  const sizes = /@workgroup_size\(([^)]*)\)/.exec(source)?.[1]?.split(',') ?? [];
  expect(sizes.length, `${name} has a workgroup size`).toBeGreaterThan(0);
  return sizes
    .map((size) => size.trim().replace(/u$/, ''))
    .map((size) => constants.get(size) ?? Number(size))
    .reduce((product, size) => product * size, 1);
}
