/** Which browser this is as far as WebGPU is concerned, and what to change where it gives no GPU. */

/** By engine: Edge, Opera and others have Chrome's; every browser on iOS has Safari's. */
type BrowserEngine = 'chrome' | 'firefox' | 'safari' | 'other';
export type System = 'windows' | 'macos' | 'linux' | 'chromeos' | 'android' | 'ios' | 'other';

export interface Browser {
  readonly engine: BrowserEngine;
  /** Major version; null where the browser does not say. */
  readonly version: number | null;
  readonly system: System;
  /** Came over https or from this computer: other pages get neither GPU nor storage. */
  readonly secure: boolean;
}

/** What a browser tells of itself. */
interface BrowserFacts {
  readonly userAgent: string;
  /** An iPad calls itself a Mac, but Macs have no touch screen. */
  readonly maxTouchPoints: number;
  readonly isSecureContext: boolean;
}

/** Something to change, the most helpful first; words are in views/shared/device. */
export type WebGpuAdvice =
  | 'not-secure'
  | 'chrome-update'
  | 'chrome-linux'
  | 'chrome-android'
  | 'firefox-windows'
  | 'firefox-macos'
  | 'firefox-linux'
  | 'firefox-android'
  | 'safari-update'
  | 'ios-update'
  | 'acceleration'
  | 'software-adapter'
  | 'other-browser';

const systems: readonly (readonly [RegExp, System])[] = [
  [/\b(?:iPhone|iPad|iPod)\b/, 'ios'],
  [/\bAndroid\b/, 'android'],
  [/\bCrOS\b/, 'chromeos'],
  [/\bWindows\b/, 'windows'],
  [/\bMacintosh\b/, 'macos'],
  [/\bLinux\b/, 'linux'],
];

const engines: readonly (readonly [RegExp, BrowserEngine])[] = [
  [/\bFirefox\/(\d+)/, 'firefox'],
  [/Chrom(?:e|ium)\/(\d+)/, 'chrome'],
  [/\bVersion\/(\d+)[\d.]* .*Safari\//, 'safari'],
];

export function describeBrowser(facts: BrowserFacts): Browser {
  const { userAgent, maxTouchPoints, isSecureContext: secure } = facts;
  const named = systems.find(([words]) => words.test(userAgent))?.[1] ?? 'other';
  const system = named === 'macos' && maxTouchPoints > 1 ? 'ios' : named;
  for (const [words, engine] of engines) {
    const version = words.exec(userAgent)?.[1];
    if (version !== undefined) return { engine, version: Number(version), system, secure };
  }
  return { engine: system === 'ios' ? 'safari' : 'other', version: null, system, secure };
}

/** The browser that shows this page. */
export function thisBrowser(): Browser {
  const { userAgent, maxTouchPoints } = navigator;
  return describeBrowser({
    userAgent,
    maxTouchPoints,
    isSecureContext: globalThis.isSecureContext,
  });
}

/** The oldest versions with WebGPU, by what mdn/browser-compat-data and the gpuweb wiki said in August 2026. */
const OLDEST = { chrome: 121, firefoxWindows: 141, firefoxMacos: 147, safari: 26 } as const;

function chromeAdvice({ version, system }: Browser): WebGpuAdvice[] {
  const update: WebGpuAdvice[] = (version ?? 0) < OLDEST.chrome ? ['chrome-update'] : [];
  if (system === 'android') return [...update, 'chrome-android'];
  if (system === 'linux') return [...update, 'chrome-linux', 'acceleration', 'software-adapter'];
  return [...update, 'acceleration', 'software-adapter'];
}

function firefoxAdvice({ version, system }: Browser): WebGpuAdvice[] {
  const older = (oldest: number): boolean => (version ?? 0) < oldest;
  switch (system) {
    case 'windows':
      return older(OLDEST.firefoxWindows) ? ['firefox-windows'] : ['acceleration'];
    case 'macos':
      // Later versions too, on a Mac with an Intel processor.
      return ['firefox-macos'];
    case 'android':
      return ['firefox-android'];
    default:
      return ['firefox-linux'];
  }
}

/** What to change in this browser, on this system, so that it gives a GPU. */
export function webGpuAdvice(browser: Browser): readonly WebGpuAdvice[] {
  const { engine, version, system, secure } = browser;
  if (!secure) return ['not-secure'];
  if (system === 'ios') return (version ?? 0) < OLDEST.safari ? ['ios-update'] : ['acceleration'];
  if (engine === 'chrome') return chromeAdvice(browser);
  if (engine === 'firefox') return [...firefoxAdvice(browser), 'other-browser'];
  if (engine === 'safari') {
    const own = (version ?? 0) < OLDEST.safari ? 'safari-update' : 'acceleration';
    return [own, 'other-browser'];
  }
  return ['other-browser'];
}
