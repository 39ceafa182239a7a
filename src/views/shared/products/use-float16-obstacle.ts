/** Why products cannot multiply in float16 on this device. */
import { useDevice } from '../../../studio/device.ts';
import { productsText } from './text-products.ts';

/** In words; null where they can, and while no device is known. */
export function useFloat16Obstacle(): string | null {
  const report = useDevice((state) => state.report);
  const t = productsText();
  if (!report) return null;
  if (!report.adapter.features.includes('shader-f16')) return t.missing;
  return report.selfTest.mode === 'full' ? null : t.safeMode;
}
