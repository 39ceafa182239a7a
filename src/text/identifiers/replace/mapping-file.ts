/**
 * The mapping from originals to what stands for them, as an encrypted file: the key comes from a passphrase (PBKDF2),
 * the cipher is AES-GCM, which also shows whether anything was changed. docs/identifiers.md has the format.
 */
import { z } from 'zod';
import { fault } from '../../../faults/fault.ts';
import { IDENTIFIER_KINDS } from '../kinds.ts';
import type { MappingEntry } from './replacer.ts';

const FORMAT = 'medcare-identifier-mapping';
const ITERATIONS = 600_000;
/** A file that asks for more would only keep the page busy. */
const MOST_ITERATIONS = 5_000_000;
const SALT_BYTES = 16;
const IV_BYTES = 12;
/** A passphrase needs so many characters. */
export const LEAST_PASSPHRASE = 12;
/** 100 MB of a file: some million entries. */
const MOST_CHARACTERS = 100_000_000;

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const sealed = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('PBKDF2'),
    hash: z.literal('SHA-256'),
    iterations: z.int().min(100_000).max(MOST_ITERATIONS),
    salt: base64,
  }),
  cipher: z.strictObject({ name: z.literal('AES-GCM'), iv: base64 }),
  data: base64,
});
const entries = z.array(
  z.strictObject({ kind: z.enum(IDENTIFIER_KINDS), original: z.string(), replacement: z.string() }),
);

const encoder = new TextEncoder();

function toBase64(bytes: Uint8Array): string {
  let text = '';
  const part = 0x8000;
  for (let i = 0; i < bytes.length; i += part)
    text += String.fromCharCode(...bytes.subarray(i, i + part));
  return btoa(text);
}

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

async function keyFrom(
  passphrase: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<CryptoKey> {
  // The same passphrase may come composed or decomposed from the keyboard.
  const bytes = encoder.encode(passphrase.normalize('NFKC'));
  const base = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

/** Encrypts a mapping. @throws StudioError `mapping-passphrase-short` */
export async function sealMapping(
  mapping: readonly MappingEntry[],
  passphrase: string,
): Promise<string> {
  if ([...passphrase].length < LEAST_PASSPHRASE)
    throw fault('mapping-passphrase-short', { least: LEAST_PASSPHRASE });
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const key = await keyFrom(passphrase, salt, ITERATIONS);
  const plain = encoder.encode(JSON.stringify(mapping));
  const data = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain));
  return JSON.stringify({
    format: FORMAT,
    version: 1,
    kdf: { name: 'PBKDF2', hash: 'SHA-256', iterations: ITERATIONS, salt: toBase64(salt) },
    cipher: { name: 'AES-GCM', iv: toBase64(iv) },
    data: toBase64(data),
  } satisfies z.infer<typeof sealed>);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fault('mapping-unreadable', {}, { cause });
  }
}

/** Decrypts a mapping. @throws StudioError `mapping-unreadable`, `mapping-passphrase-wrong` */
export async function openMapping(file: string, passphrase: string): Promise<MappingEntry[]> {
  const read = file.length <= MOST_CHARACTERS ? sealed.safeParse(parsed(file)) : null;
  if (!read?.success) throw fault('mapping-unreadable', {});
  const { kdf, cipher, data } = read.data;
  const [salt, iv] = [fromBase64(kdf.salt), fromBase64(cipher.iv)];
  if (salt.length < SALT_BYTES || iv.length !== IV_BYTES) throw fault('mapping-unreadable', {});
  const key = await keyFrom(passphrase, salt, kdf.iterations);
  let plain: ArrayBuffer;
  try {
    plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, fromBase64(data));
  } catch (cause) {
    // AES-GCM does not tell a wrong key from changed data.
    throw fault('mapping-passphrase-wrong', {}, { cause });
  }
  const mapping = entries.safeParse(parsed(new TextDecoder().decode(plain)));
  if (!mapping.success) throw fault('mapping-unreadable', {});
  return mapping.data;
}
