/** Reads hub addresses and model names as people type and paste them. */
import { isHubAddress } from '../fetch.ts';
import { badAddress, badName, otherHub } from './hub-errors.ts';

/** What a person asked for: a model, a revision where one was given, a file where its page was pasted. */
export interface HubName {
  /** `owner/name` */
  readonly name: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  readonly file: string | null;
}

const PART = '[A-Za-z0-9][A-Za-z0-9._-]{0,95}';
const NAME = new RegExp(`^(${PART}/${PART})(?:@(.+))?$`);
const DEFAULT_REVISION = 'main';
/** Other addresses of the same hub. */
const SAME_HUB: Readonly<Record<string, string>> = {
  'hf.co': 'huggingface.co',
  'www.huggingface.co': 'huggingface.co',
};

/**
 * The address of a hub, without a slash at the end.
 * @throws StudioError `hub-address`
 */
export function parseHubAddress(address: string): string {
  const text = address.trim();
  const url = parseUrl(text);
  if (url === null || !isHubAddress(url)) throw badAddress(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw badAddress(text);
  }
  return url.href.replace(/\/+$/, '');
}

/**
 * `owner/name`, `owner/name@revision`, or the address of a model's page or of one of its files.
 * @throws StudioError `hub-name`, `hub-elsewhere` for a page of another hub
 */
export function parseHubName(typed: string, hub: string): HubName {
  const text = typed.trim();
  const link = /^https?:/i.test(text)
    ? text
    : /^(?:hf\.co|huggingface\.co)\//.test(text)
      ? `https://${text}`
      : null;
  if (link === null) return fromName(text);
  const url = parseUrl(link);
  const home = new URL(`${hub}/`);
  if (url === null) throw badName(text);
  const host = SAME_HUB[url.host] ?? url.host;
  if (host !== (SAME_HUB[home.host] ?? home.host)) throw otherHub(url.origin, hub);
  if (!url.pathname.startsWith(home.pathname)) throw otherHub(url.origin + url.pathname, hub);
  const parts = url.pathname
    .slice(home.pathname.length)
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const [owner = '', name = '', view, revision, ...path] = parts;
  const found = fromName(`${owner}/${name}`);
  if (view === undefined || revision === undefined) return found;
  if (!['tree', 'blob', 'resolve', 'raw', 'commit'].includes(view)) throw badName(text);
  const file = view === 'tree' || view === 'commit' || path.length === 0 ? null : path.join('/');
  return { name: found.name, revision: checkRevision(revision, text), file };
}

function fromName(text: string): HubName {
  const match = NAME.exec(text);
  const [, name, revision] = match ?? [];
  if (name === undefined || /\.\.|--|\.git$/.test(name)) throw badName(text);
  return {
    name,
    revision: revision === undefined ? DEFAULT_REVISION : checkRevision(revision, text),
    file: null,
  };
}

function checkRevision(revision: string, text: string): string {
  const parts = revision.split('/');
  const plain = /^[\w./-]{1,200}$/.test(revision);
  if (plain && parts.every((part) => part !== '' && !/^\.+$/.test(part))) return revision;
  throw badName(text);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
