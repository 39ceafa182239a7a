/**
 * onnxruntime-web with WebGPU, used as its documentation advises for speed: weights are constants of the model,
 * and inputs and outputs stay in GPU buffers that are made once.
 */
import type * as Ort from 'onnxruntime-web/webgpu';
import { onnxModel, type OnnxGraph } from './onnx.ts';
import type { Contestant, Runner, Values } from './race.ts';

export type OrtModule = typeof Ort;

export interface OrtWork {
  readonly graph: OnnxGraph;
  readonly feeds: Readonly<Record<string, { data: Values; dims: readonly number[] }>>;
  readonly fetches: Readonly<Record<string, readonly number[]>>;
}

/** A model of fixed shapes as a contestant. */
export function ortContestant(
  load: () => Promise<OrtModule>,
  describe: () => OrtWork,
  note?: string,
  bound?: number,
): Contestant {
  return {
    name: 'onnxruntime-web',
    ...(note === undefined ? {} : { note }),
    ...(bound === undefined ? {} : { bound }),
    prepare: async (): Promise<Runner> => {
      const ort = await load();
      const { graph, feeds, fetches } = describe();
      const session = await ort.InferenceSession.create(onnxModel(graph), {
        executionProviders: ['webgpu'],
        preferredOutputLocation: 'gpu-buffer',
      });
      const device = await ort.env.webgpu.device;
      const buffers: GPUBuffer[] = [];
      const onDevice = (dims: readonly number[], data: Values | null): Ort.Tensor => {
        const bytes = 4 * dims.reduce((product, size) => product * size, 1);
        const buffer = device.createBuffer({
          size: Math.ceil(bytes / 16) * 16,
          usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
        });
        buffers.push(buffer);
        if (data) device.queue.writeBuffer(buffer, 0, data);
        return ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims });
      };
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims }]) => [name, onDevice(dims, data)]),
      );
      const outputs = Object.fromEntries(
        Object.entries(fetches).map(([name, dims]) => [name, onDevice(dims, null)]),
      );
      const read = async (name: string, dims: readonly number[]): Promise<Values> => {
        const tensor = outputs[name];
        if (!tensor) throw new Error(`No output ${name}`);
        const bytes = 4 * dims.reduce((product, size) => product * size, 1);
        const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
        const staging = device.createBuffer({ size: bytes, usage });
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(tensor.gpuBuffer, 0, staging, 0, bytes);
        device.queue.submit([encoder.finish()]);
        await staging.mapAsync(GPUMapMode.READ);
        const copy = new Float32Array(staging.getMappedRange().slice(0));
        staging.destroy();
        return copy;
      };
      return {
        start: async () => {
          await session.run(inputs, outputs);
        },
        finish: async () => {
          await device.queue.onSubmittedWorkDone();
        },
        results: async () => {
          const entries: [string, Values][] = [];
          for (const [name, dims] of Object.entries(fetches)) {
            entries.push([name, await read(name, dims)]);
          }
          return Object.fromEntries(entries);
        },
        release: () => {
          for (const buffer of buffers) buffer.destroy();
          void session.release();
        },
      };
    },
  };
}
