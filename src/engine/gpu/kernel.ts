/** The types of a kernel and of one dispatch of it; device traits. */
import { alignUp, bytesPerElement, type Tensor } from './tensor.ts';

/** Groups of kernels under which time, dispatches and bytes are reported. */
export type KernelFamily =
  | 'embedding'
  | 'norm'
  | 'matmul'
  | 'branch'
  | 'router'
  | 'rotary'
  | 'attention'
  | 'gate'
  | 'loss'
  | 'orthogonal'
  | 'optimizer'
  | 'merge'
  | 'sampling'
  | 'copy';

/**
 * Which variant of a kernel is used, by kernel class (kernels/kernel-class.ts): plain data, kept with every run.
 * A class that is absent uses its default.
 */
export type KernelChoices = Readonly<Record<string, string>>;

/** Rows × columns × inner length of a multiplication of subgroup matrices, such as `16x8x16`. */
export type MatrixShape = '8x8x8' | '8x16x16' | '16x8x16' | '16x16x16';

/** Matrices that a subgroup holds together, by the numbers that they multiply; sums are float32. */
export interface SubgroupMatrices {
  readonly float32: readonly MatrixShape[];
  readonly float16: readonly MatrixShape[];
  /** Threads of a subgroup. */
  readonly lanes: number;
  /** Whether kernels have to ask for subgroups of this size. */
  readonly pinned: boolean;
}

/** The facts that a kernel may rely on; known before a device exists, so that plans can be made without one. */
export interface DeviceTraits {
  /** Runs on a CPU (SwiftShader, lavapipe): no barriers, wide rows per thread. */
  readonly software: boolean;
  readonly f16: boolean;
  /** Whether subgroup operations may be used, and the sizes the device can give them. */
  readonly subgroups: boolean;
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
  /** Where the device has them in shapes that kernels use. */
  readonly matrices?: SubgroupMatrices;
  readonly maxBindingBytes: number;
  readonly maxBufferBytes: number;
  readonly maxWorkgroupBytes: number;
  readonly maxInvocations: number;
  readonly maxWorkgroupsPerDimension: number;
  /**
   * Cost (costOf in pace.ts) that one dispatch should not exceed: it takes about as long as a submission may.
   * Unlimited where absent.
   */
  readonly dispatchWork?: number;
  /** Variants chosen for this device; classes without a choice use the default. */
  readonly choices?: KernelChoices;
}

/** The limits of every WebGPU device, which a plan made without a device assumes. */
export const defaultTraits: DeviceTraits = {
  software: true,
  f16: false,
  subgroups: false,
  subgroupMinSize: 4,
  subgroupMaxSize: 128,
  maxBindingBytes: 128 * 2 ** 20,
  maxBufferBytes: 256 * 2 ** 20,
  maxWorkgroupBytes: 16 * 2 ** 10,
  maxInvocations: 256,
  maxWorkgroupsPerDimension: 65535,
};

/** What a shader may need of a device. */
export type KernelFeature =
  | 'shader-f16'
  | 'subgroups'
  | 'subgroup-size-control'
  | 'chromium-experimental-subgroup-matrix';

/** A compute shader: WGSL text with one entry point `main`. */
export interface Kernel {
  readonly name: string;
  readonly family: KernelFamily;
  readonly source: string;
  readonly requires: readonly KernelFeature[];
}

export type Access = 'read' | 'write' | 'readwrite';

export interface Binding {
  readonly tensor: Tensor;
  readonly access: Access;
}

/** A word of the uniform block. */
export type UniformWord = { readonly u32: number } | { readonly f32: number };

/** A wrapper's request for a kernel that has variants, and the variant it got. */
export interface KernelRequest {
  readonly kernelClass: string;
  readonly variant: string;
  /** Multiplications, roughly: which classes weigh most. */
  readonly work: number;
  /** Everything a tuner needs to repeat the request. */
  readonly sizes: Readonly<Record<string, number | string | boolean>>;
}

/**
 * One dispatch. Storage bindings are numbered from 0 in the order given; the uniform block, where there
 * is one, takes the next number. `access: 'read'` must be declared `var<storage, read>` in the shader,
 * the others `var<storage, read_write>`.
 */
export interface KernelCall {
  readonly kernel: Kernel;
  readonly bindings: readonly Binding[];
  readonly uniforms?: readonly UniformWord[];
  /** Pipeline-overridable constants. */
  readonly constants?: Readonly<Record<string, number>>;
  readonly grid: readonly [number, number, number];
  /** For reports: counted under this family instead of the kernel's own. */
  readonly family?: KernelFamily;
  /** Where the kernel has variants. */
  readonly request?: KernelRequest;
  /** Multiplications at most, where those of the request are what is usual. */
  readonly mostWork?: number;
  /** Its share of a computation that is cut into several dispatches (grid-parts.ts). */
  readonly share?: number;
}

export const u32 = (value: number): UniformWord => ({ u32: value });
export const f32 = (value: number): UniformWord => ({ f32: value });

/** Bytes of a uniform block of so many words: of its binding, and of its layout. */
export const uniformBytes = (words: readonly UniformWord[]): number =>
  alignUp(words.length * bytesPerElement, 16);

/**
 * A one-dimensional count of workgroups as a grid within the per-dimension limit. Shaders recover the
 * index as `workgroup_id.x + workgroup_id.y * num_workgroups.x` and must check it against their bound.
 */
export function foldGrid(workgroups: number, limit = 65535): [number, number, number] {
  if (workgroups <= limit) return [Math.max(1, workgroups), 1, 1];
  const y = Math.ceil(workgroups / limit);
  return [Math.ceil(workgroups / y), y, 1];
}
