/**
 * Talks to a hub that follows Hugging Face's layout.
 *
 *     GET {hub}/api/models/{owner}/{name}/revision/{revision}?blobs=true   what a model consists of
 *     GET {hub}/{owner}/{name}/resolve/{commit}/{path}                     one file, by Range
 *
 * Everything that comes back is untrusted and checked.
 */
import { z } from 'zod';
import type { HubHash } from '../../contract/hub.ts';
import { detailOf } from '../../faults/fault.ts';
import { isSafePath } from '../../formats/files/archive.ts';
import { parseJson } from '../../formats/texts/json.ts';
import { readCapped, request, statusError, type HubEntry, type HubPlace } from './hub-body.ts';
import { badAnswer, gatedModel, pageInstead, privateModel } from './hub-errors.ts';
import type { HubName } from './hub-name.ts';

export interface HubRepository extends HubPlace {
  readonly licence: string | null;
  readonly entries: readonly HubEntry[];
}

const MAX_LISTING_BYTES = 20_000_000;
const MAX_ENTRIES = 20_000;
const MAX_FILE_BYTES = 2 ** 42;
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const listingSchema = z.object({
  id: z.string().optional(),
  sha: hex(40),
  private: z.boolean().optional(),
  gated: z.union([z.boolean(), z.string()]).optional(),
  tags: z.array(z.string()).optional(),
  cardData: z
    .object({
      license: z.union([z.string(), z.array(z.string())]).optional(),
      license_name: z.string().optional(),
    })
    .nullish(),
  siblings: z
    .array(
      z.object({
        rfilename: z.string(),
        size: z.int().min(0).max(MAX_FILE_BYTES).nullish(),
        blobId: z.string().nullish(),
        lfs: z
          .object({
            sha256: z.string().optional(),
            oid: z.string().optional(),
            size: z.int().min(0).max(MAX_FILE_BYTES).optional(),
          })
          .nullish(),
      }),
    )
    .max(MAX_ENTRIES),
});
type Listing = z.infer<typeof listingSchema>;

/**
 * Lists a model at a revision.
 * @throws StudioError `hub-missing`, `hub-private`, `hub-gated`, `hub-revision-missing`, `hub-busy`,
 *   `hub-unreachable`, `hub-answer`, `hub-page`
 */
export async function listRepository(
  hub: string,
  { name, revision }: HubName,
  signal: AbortSignal,
): Promise<HubRepository> {
  const url = new URL(`${hub}/api/models/${name}/revision/${encodeURIComponent(revision)}`);
  url.searchParams.set('blobs', 'true');
  const response = await request(url, { hub, signal });
  if (!response.ok) throw await statusError(response, { hub, name, revision });
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/html')) {
    await response.body?.cancel();
    throw pageInstead('the listing', 'page');
  }
  const text = new TextDecoder().decode(
    await readCapped(response, 'the listing', MAX_LISTING_BYTES),
  );
  const listing = parseListing(text, hub);
  if (listing.private === true) throw privateModel(name, hub);
  if (listing.gated !== undefined && listing.gated !== false) throw gatedModel(name, hub);
  return {
    hub,
    name: renamed(listing.id) ?? name,
    commit: listing.sha,
    licence: licenceOf(listing),
    entries: listing.siblings.map((sibling) => entryOf(sibling, hub)),
  };
}

function parseListing(text: string, hub: string): Listing {
  let value: unknown;
  try {
    value = parseJson(text, { name: 'the listing' });
  } catch (cause) {
    throw badAnswer(hub, { reason: 'not-json', detail: detailOf(cause) });
  }
  const parsed = listingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw badAnswer(hub, {
    reason: 'shape',
    field: issue?.path.join('.') ?? '',
    detail: issue?.message ?? 'wrong shape',
  });
}

/** The new name of a model that moved; any other text there is never used in addresses. */
function renamed(id: string | undefined): string | null {
  return id !== undefined && /^[\w.-]{1,96}\/[\w.-]{1,96}$/.test(id) && !/(^|\/)\.+(\/|$)/.test(id)
    ? id
    : null;
}

function licenceOf({ cardData, tags }: Listing): string | null {
  const { license, license_name: named } = cardData ?? {};
  const stated = Array.isArray(license) ? license.join(', ') : license;
  const tagged = tags?.find((tag) => tag.startsWith('license:'))?.slice('license:'.length);
  const licence = stated ?? tagged ?? '';
  if (licence === '') return null;
  return (licence === 'other' && named !== undefined ? named : licence).slice(0, 120);
}

function entryOf(
  { rfilename: path, size, blobId, lfs }: Listing['siblings'][number],
  hub: string,
): HubEntry {
  if (!isSafePath(path)) throw badAnswer(hub, { reason: 'path', path: path.slice(0, 80) });
  const bytes = lfs?.size ?? size;
  if (bytes === undefined || bytes === null) throw badAnswer(hub, { reason: 'no-size', path });
  return { path, bytes, hash: hashOf(lfs?.sha256 ?? lfs?.oid, lfs ? null : blobId) };
}

function hashOf(large: string | undefined, blob: string | null | undefined): HubHash | null {
  if (large !== undefined && /^[0-9a-f]{64}$/.test(large)) return { kind: 'sha256', hex: large };
  // The blob of a large file is git's pointer to the file, not the file.
  if (blob && /^[0-9a-f]{40}$/.test(blob)) return { kind: 'git-blob', hex: blob };
  return null;
}
