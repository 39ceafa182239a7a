/** An adapter that offers less than the real one does, as other browsers and cards do. */

/** The limits of compute that every WebGPU device has. */
export const guaranteedLimits = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 2 ** 14,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupsPerDimension: 65535,
} as const;

export interface Less {
  /** Features that it lacks. */
  readonly without?: readonly GPUFeatureName[];
  /** Whether its info leaves out the sizes of subgroups, as Safari's does. */
  readonly unknownSubgroupSizes?: boolean;
  /** Whether it says nothing of who made it, as Firefox does: software is then taken for a GPU. */
  readonly nameless?: boolean;
  /** At most so much. */
  readonly limits?: Partial<Record<keyof typeof guaranteedLimits, number>>;
}

function lesserInfo(info: GPUAdapterInfo, less: Less): object {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  const names = less.nameless
    ? { vendor: '', architecture: '', device: '', description: '', isFallbackAdapter: false }
    : { vendor, architecture, device, description, isFallbackAdapter };
  const { subgroupMinSize, subgroupMaxSize } = info;
  return less.unknownSubgroupSizes ? names : { ...names, subgroupMinSize, subgroupMaxSize };
}

function lesserLimits(limits: GPUSupportedLimits, less: Less): object {
  return Object.fromEntries(
    (Object.keys(guaranteedLimits) as (keyof typeof guaranteedLimits)[]).map((name) => [
      name,
      Math.min(limits[name], less.limits?.[name] ?? Number.POSITIVE_INFINITY),
    ]),
  );
}

/**
 * WebGPU whose adapter lacks something. What is made of it is real: a device has no more than this adapter said,
 * because nobody asked for more.
 */
export function lesserGpu(real: GPU, less: Less): GPU {
  const requestAdapter = async (options?: GPURequestAdapterOptions): Promise<object | null> => {
    const adapter = await real.requestAdapter(options);
    if (!adapter) return null;
    const names = [...adapter.features].filter((name) => !less.without?.some((no) => no === name));
    return {
      features: new Set(names),
      limits: lesserLimits(adapter.limits, less),
      info: lesserInfo(adapter.info, less),
      requestDevice: (descriptor: GPUDeviceDescriptor) => adapter.requestDevice(descriptor),
    };
  };
  return { requestAdapter } as unknown as GPU;
}
