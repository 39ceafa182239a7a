/** Counts the bytes alive on a device, by role. */
import { memoryRoles, type MemoryRole } from './tensor.ts';

export type BytesByRole = Readonly<Record<MemoryRole, number>>;

export function zeroBytes(): Record<MemoryRole, number> {
  return Object.fromEntries(memoryRoles.map((role) => [role, 0])) as Record<MemoryRole, number>;
}

export function totalBytes(bytes: BytesByRole): number {
  return memoryRoles.reduce((sum, role) => sum + bytes[role], 0);
}

/** Counts the bytes and buffers that are alive on a device, by role, and the highest total so far. */
export class Ledger {
  readonly #bytes = zeroBytes();
  #buffers = 0;
  #peak = 0;

  add(role: MemoryRole, bytes: number): void {
    this.#bytes[role] += bytes;
    this.#buffers += 1;
    this.#peak = Math.max(this.#peak, this.total);
  }

  remove(role: MemoryRole, bytes: number): void {
    this.#bytes[role] -= bytes;
    this.#buffers -= 1;
  }

  get total(): number {
    return totalBytes(this.#bytes);
  }

  get peak(): number {
    return this.#peak;
  }

  get buffers(): number {
    return this.#buffers;
  }

  byRole(): BytesByRole {
    return { ...this.#bytes };
  }
}
