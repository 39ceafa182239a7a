/** All rows of the race. */
import type { Row } from '../race.ts';
import { attentionBackwardRow, attentionForwardRow } from './attention.ts';
import { crossEntropyRow } from './cross-entropy.ts';
import type { Host } from './host.ts';
import { loraStepRow } from './lora-step.ts';
import { matmulRow } from './matmul.ts';
import { mixtureRow } from './mixture.ts';
import { packedMatmulRow } from './packed-matmul.ts';

/** Every row that contestants run side by side. */
export function allRows(host: Host): Row[] {
  const packed = ['f16', 'q8_0', 'q4_0'] as const;
  return [
    matmulRow(host, 256, 512, 1024),
    matmulRow(host, 512, 512, 512),
    matmulRow(host, 2048, 2048, 5504),
    matmulRow(host, 8, 2048, 5504),
    matmulRow(host, 1, 2048, 5504),
    ...packed.map((format) => packedMatmulRow(host, format, 256, 512, 1024)),
    ...packed.map((format) => packedMatmulRow(host, format, 1, 2048, 5504)),
    loraStepRow(host),
    mixtureRow(host),
    attentionForwardRow(host, 512),
    attentionBackwardRow(host, 512),
    attentionForwardRow(host, 2048),
    attentionBackwardRow(host, 2048),
    crossEntropyRow(host, 64),
  ];
}
