/** Tables that tell for every character what it may begin or end, so that most of a text is passed over. */

/** Sets a bit for characters of one UTF-16 unit each. */
export function addBits(table: Uint8Array, characters: string, bit: number): void {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    table[code] = (table[code] ?? 0) | bit;
  }
}

/** A table by UTF-16 unit; each entry names characters and their bit. */
export function characterBits(entries: readonly (readonly [string, number])[]): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (const [characters, bit] of entries) addBits(table, characters, bit);
  return table;
}
