/** The commands of a plan, in the form that an encoder takes. */
import type { KernelCall, KernelFamily } from './kernel.ts';
import { byteLength } from './tensor.ts';

interface StepPlace {
  /** Left out of replays that ask for fewer sections (see Plan.encode). */
  readonly section: number;
  /** Part of the model that it belongs to, for reports; empty where there is none. */
  readonly scope: string;
  /** What it is thought to cost (see costOf in pace.ts). */
  readonly cost: number;
}

export interface DispatchStep extends StepPlace {
  readonly kind: 'dispatch';
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly grid: readonly [number, number, number];
  readonly call: KernelCall;
}

export interface ClearStep extends StepPlace {
  readonly kind: 'clear';
  readonly label: string;
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
}

export interface CopyStep extends StepPlace {
  readonly kind: 'copy';
  readonly label: string;
  readonly from: GPUBuffer;
  readonly fromOffset: number;
  readonly to: GPUBuffer;
  readonly toOffset: number;
  readonly bytes: number;
}

/** One command of a plan with everything that WebGPU needs for it. */
export type Step = DispatchStep | ClearStep | CopyStep;

/** Adds steps to an encoder: neighbouring dispatches share a pass. */
export function encodeSteps(encoder: GPUCommandEncoder, steps: Iterable<Step>): void {
  let pass: GPUComputePassEncoder | null = null;
  let pipeline: GPUComputePipeline | null = null;
  for (const step of steps) {
    if (step.kind === 'dispatch') {
      if (!pass) {
        pass = encoder.beginComputePass();
        pipeline = null;
      }
      if (step.pipeline !== pipeline) {
        pipeline = step.pipeline;
        pass.setPipeline(pipeline);
      }
      pass.setBindGroup(0, step.bindGroup);
      pass.dispatchWorkgroups(...step.grid);
      continue;
    }
    pass?.end();
    pass = null;
    encodeTransfer(encoder, step);
  }
  pass?.end();
}

/** Adds a step other than a dispatch to an encoder. */
export function encodeTransfer(encoder: GPUCommandEncoder, step: ClearStep | CopyStep): void {
  if (step.kind === 'clear') encoder.clearBuffer(step.buffer, step.offset, step.bytes);
  else {
    const { from, fromOffset, to, toOffset, bytes } = step;
    encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
  }
}

/** Bytes of all bound ranges, each counted once: the least that must move. Of a part of a computation: its share. */
export function callBytes({ bindings, share = 1 }: KernelCall): number {
  return Math.ceil(share * bindings.reduce((sum, { tensor }) => sum + byteLength(tensor), 0));
}

/** Bytes that a step moves at least. */
export function stepBytes(step: Step): number {
  return step.kind === 'dispatch' ? callBytes(step.call) : step.bytes;
}

/** The family that a step is reported under. */
export function stepFamily(step: Step): KernelFamily {
  return step.kind === 'dispatch' ? (step.call.family ?? step.call.kernel.family) : 'copy';
}
