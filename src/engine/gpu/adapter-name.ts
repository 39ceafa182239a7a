/** Names an adapter for people, with the proper spelling of what drivers and browsers write in small letters. */
import type { AdapterDescription } from './device.ts';

/** The proper spelling of names that drivers and browsers give in small letters. */
const spellings: Readonly<Record<string, string>> = {
  swiftshader: 'SwiftShader',
  llvmpipe: 'llvmpipe',
  nvidia: 'NVIDIA',
  amd: 'AMD',
  intel: 'Intel',
  apple: 'Apple',
  qualcomm: 'Qualcomm',
  arm: 'Arm',
  google: 'Google',
  microsoft: 'Microsoft',
};

/** The adapter's name for people: its full name where the browser gives it, else its kind. */
export function adapterName(adapter: AdapterDescription): string {
  const { vendor, architecture, device, description, software } = adapter;
  const full = description || device;
  if (full) return full;
  // For a software adapter the vendor is the author of the program, and the architecture is its name.
  const words = software && architecture ? [architecture] : [vendor, architecture];
  const name = words.flatMap((word) => (word ? [spellings[word] ?? word] : [])).join(' ');
  return name || 'Unnamed GPU';
}
