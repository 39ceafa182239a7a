/** Names kernels and adapters, so that what was found out with them is kept for exactly these. */
import type { AdapterDescription } from '../gpu/device.ts';
import type { Kernel } from '../gpu/kernel.ts';

/** FNV-1a of kernels, or of the files they are made of, by name and text. */
export function kernelsFingerprint(kernels: Iterable<Pick<Kernel, 'name' | 'source'>>): string {
  let hash = 0x811c9dc5;
  for (const { name: kernel, source } of [...kernels].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    for (const text of [kernel, source]) {
      for (let i = 0; i < text.length; i += 1) {
        hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
      }
    }
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Names an adapter, its driver as far as it is known, and its features. */
export function adapterKey(adapter: AdapterDescription): string {
  const { vendor, architecture, device, description, features } = adapter;
  return [vendor, architecture, device, description, [...features].sort().join(' ')].join(' | ');
}
