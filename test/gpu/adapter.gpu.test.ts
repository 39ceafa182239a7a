import { expect, test } from 'vitest';
import { browserGpu } from '../../src/engine/gpu/device.ts';
import { createNodeGpu } from '../../src/engine/node/dawn.ts';
import doubleCode from './double.wgsl?raw';

test('the chosen implementation and driver have an adapter, and it computes', async () => {
  const gpu = await createNodeGpu();
  const implementation = process.env['MEDCARE_WEBGPU'];
  expect(gpu === browserGpu() ? 'wgpu' : 'dawn').toBe(implementation);
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  const { vendor, description, subgroupMinSize, subgroupMaxSize } = adapter.info;
  const wanted = ['shader-f16', 'subgroups', 'timestamp-query'] as const;
  const features = wanted.filter((feature) => adapter.features.has(feature));
  console.log(
    `${implementation}; adapter: ${vendor} ${description}; subgroups ${subgroupMinSize}..${subgroupMaxSize}; ` +
      `features ${features.join(' ')}`,
  );
  const driver = process.env['MEDCARE_ADAPTER'];
  if (driver === 'lavapipe') expect(description).toContain('llvmpipe');
  if (driver === 'swiftshader') expect(description).toContain('SwiftShader');

  const device = await adapter.requestDevice({ requiredFeatures: features });
  try {
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code: doubleCode });
    expect((await module.getCompilationInfo()).messages).toEqual([]);
    const pipeline = await device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
    });
    const input = Float32Array.from({ length: 1000 }, () => Math.random() - 0.5);
    const data = device.createBuffer({
      size: input.byteLength,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
    const staging = device.createBuffer({
      size: input.byteLength,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(data, 0, input);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [{ binding: 0, resource: { buffer: data } }],
      }),
    );
    pass.dispatchWorkgroups(Math.ceil(input.length / 64));
    pass.end();
    encoder.copyBufferToBuffer(data, 0, staging, 0, input.byteLength);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const output = Array.from(new Float32Array(staging.getMappedRange().slice(0)));
    expect(await device.popErrorScope()).toBeNull();
    expect(output).toEqual(Array.from(input, (value) => 2 * value));
  } finally {
    device.destroy();
  }
});
