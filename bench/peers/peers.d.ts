/**
 * The parts of the peers' type declarations that the race uses. Declared here because the product's checks run
 * without the peers installed.
 */
declare module '@jax-js/jax' {
  export interface Array {
    readonly ref: this;
    readonly shape: number[];
    add(other: Array | number): Array;
    sub(other: Array | number): Array;
    mul(other: Array | number): Array;
    div(other: Array | number): Array;
    neg(): Array;
    reshape(shape: number[]): Array;
    transpose(axes?: number[]): Array;
    sum(axis?: number | number[] | null, options?: { keepdims?: boolean }): Array;
    greaterEqual(other: Array | number): Array;
    less(other: Array | number): Array;
    astype(type: string): Array;
    data(): Promise<Float32Array<ArrayBuffer>>;
    blockUntilReady(): Promise<Array>;
    dispose(): void;
  }
  export const numpy: {
    array(values: ArrayBufferView): Array;
    matmul(a: Array, b: Array): Array;
    sum(a: Array, axis?: number | number[] | null, options?: { keepdims?: boolean }): Array;
    max(a: Array, axis?: number | number[] | null, options?: { keepdims?: boolean }): Array;
    equal(a: Array, b: Array): Array;
    arange(start: number, stop: number, step: number, options: { dtype: string }): Array;
    readonly int32: string;
    where(condition: Array, a: Array | number, b: Array | number): Array;
    transpose(a: Array, axes?: number[]): Array;
  };
  export const nn: {
    softmax(a: Array, axis?: number): Array;
    logSoftmax(a: Array, axis?: number): Array;
    dotProductAttention(
      query: Array,
      key: Array,
      value: Array,
      options?: { isCausal?: boolean },
    ): Array;
  };
  export const lax: {
    stopGradient(a: Array): Array;
  };
  type Tree = Array | readonly Tree[] | { readonly [key: string]: Tree };
  type Jitted<F> = F & { dispose(): void };
  export function jit<F extends (...args: never[]) => Tree>(f: F): Jitted<F>;
  export function grad<F extends (...args: never[]) => Array>(
    f: F,
    options: { argnums: number[] },
  ): (...args: Parameters<F>) => Array[];
  export function vjp<A extends Array[], R extends Tree>(
    f: (...args: A) => R,
    primals: A,
  ): [R, ((cotangent: R) => Array[]) & { dispose(): void }];
  export function init(...devices: 'webgpu'[]): Promise<string[]>;
  export function defaultDevice(device: 'webgpu'): string;
  export function getWebGPUDevice(): GPUDevice;
  export function blockUntilReady<T extends Tree>(tree: T): Promise<T>;
}

declare module '@tensorflow/tfjs' {
  export interface Tensor {
    readonly shape: number[];
    data(): Promise<Float32Array<ArrayBuffer>>;
    add(other: Tensor): Tensor;
    sub(other: Tensor): Tensor;
    mul(other: Tensor | number): Tensor;
    dispose(): void;
  }
  export interface Variable extends Tensor {
    assign(value: Tensor): void;
  }
  export function setBackend(name: string): Promise<boolean>;
  export function backend(): unknown;
  export function tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  export function variable(initial: Tensor): Variable;
  export function matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  export function add(a: Tensor, b: Tensor): Tensor;
  export function sub(a: Tensor, b: Tensor): Tensor;
  export function mul(a: Tensor | number, b: Tensor | number): Tensor;
  export function square(a: Tensor): Tensor;
  export function sum(a: Tensor): Tensor;
  export function tidy<T>(work: () => T): T;
  export const train: {
    sgd(rate: number): {
      minimize(f: () => Tensor, returnCost: boolean, variables: Variable[]): Tensor | null;
      dispose(): void;
    };
  };
  export const version_core: string;
}

declare module '@tensorflow/tfjs-backend-webgpu' {
  export const version_webgpu: string | undefined;
}

declare module 'onnxruntime-web/webgpu' {
  export interface Tensor {
    readonly dims: readonly number[];
    readonly data: Float32Array<ArrayBuffer>;
    readonly gpuBuffer: GPUBuffer;
    getData(release?: boolean): Promise<Float32Array<ArrayBuffer>>;
    dispose(): void;
  }
  interface TensorConstructor {
    new (
      type: string,
      data: Float32Array | BigInt64Array | Int32Array | Uint16Array,
      dims: readonly number[],
    ): Tensor;
    fromGpuBuffer(
      buffer: GPUBuffer,
      options: { dataType: string; dims: readonly number[]; dispose?: () => void },
    ): Tensor;
  }
  export const Tensor: TensorConstructor;
  type Tensors = Readonly<Record<string, Tensor>>;
  export interface InferenceSession {
    readonly inputNames: readonly string[];
    readonly outputNames: readonly string[];
    run(feeds: Tensors): Promise<Tensors>;
    run(feeds: Tensors, fetches: Tensors): Promise<Tensors>;
    release(): Promise<void>;
  }
  export const InferenceSession: {
    create(
      model: Uint8Array,
      options: {
        executionProviders: readonly string[];
        preferredOutputLocation?: string | Readonly<Record<string, string>>;
        enableGraphCapture?: boolean;
        graphOptimizationLevel?: string;
        logSeverityLevel?: number;
      },
    ): Promise<InferenceSession>;
  };
  export const env: {
    logLevel: string;
    readonly versions: { readonly web?: string };
    readonly wasm: {
      numThreads: number;
      wasmPaths?: string | { mjs?: string; wasm?: string };
      wasmBinary?: Uint8Array;
    };
    readonly webgpu: { readonly device: GPUDevice | Promise<GPUDevice> };
  };
}
