/** What is kept of a self-test, and the device that it holds for. */
import { z } from 'zod';
import type { AdapterDescription } from '../gpu/device.ts';
import { adapterKey, kernelsFingerprint } from '../kernels/fingerprint.ts';
import { shaderNames, shaderParts } from '../kernels/shaders.ts';
import { kernelModes } from '../gpu/kernel-mode.ts';
import type { SelfTestState } from './self-test.ts';

const names = z.array(z.string().min(1).max(1000)).max(20_000).readonly();
const record = z.strictObject({
  format: z.literal('medcare-self-test-1'),
  /** Adapter, driver, browser and kernels for which it holds. */
  device: z.string().min(1).max(2000),
  mode: z.enum(kernelModes),
  right: names,
  wrong: names,
});

let ofAll: string | null = null;

/**
 * Names what a self-test holds for: the adapter, its driver as far as it is known, the kernels, and the browser,
 * whose compiler changes with its version.
 */
export function selfTestDevice(adapter: AdapterDescription): string {
  ofAll ??= kernelsFingerprint(shaderParts(shaderNames()));
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  const browser = (navigator?.userAgent ?? '').slice(0, 500);
  return `self-test | ${adapterKey(adapter)} | ${browser} | kernels ${ofAll}`;
}

export function selfTestRecord(device: string, state: SelfTestState): z.infer<typeof record> {
  return { format: 'medcare-self-test-1', device, ...state };
}

/** A stored record, or null where it is not for this device: then nothing was tested. */
export function parseSelfTest(stored: unknown, device: string): SelfTestState | null {
  const parsed = record.safeParse(stored);
  if (!parsed.success || parsed.data.device !== device) return null;
  const { mode, right, wrong } = parsed.data;
  return { mode, right, wrong };
}
