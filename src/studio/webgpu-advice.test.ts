import { expect, test } from 'vitest';
import { describeBrowser, webGpuAdvice, type Browser } from './webgpu-advice.ts';

const mozilla = (system: string): string => `Mozilla/5.0 (${system})`;
const blink = (system: string, product: string): string =>
  `${mozilla(system)} AppleWebKit/537.36 (KHTML, like Gecko) ${product} Safari/537.36`;
const webkit = (system: string, product: string): string =>
  `${mozilla(system)} AppleWebKit/605.1.15 (KHTML, like Gecko) ${product} Safari/605.1.15`;
const gecko = (system: string, version: number): string =>
  `${mozilla(`${system}; rv:${version}.0`)} Gecko/20100101 Firefox/${version}.0`;

const WINDOWS = 'Windows NT 10.0; Win64; x64';
const MAC = 'Macintosh; Intel Mac OS X 10_15_7';
const LINUX = 'X11; Linux x86_64';
const IPHONE = 'iPhone; CPU iPhone OS 18_6 like Mac OS X';

type Seen = Pick<Browser, 'engine' | 'version' | 'system'>;
const seen = (engine: Seen['engine'], version: number | null, system: Seen['system']): Seen => ({
  ...{ engine, version, system },
});

const browsers: readonly (readonly [string, Seen, readonly string[]])[] = [
  [
    blink(WINDOWS, 'Chrome/156.0.0.0'),
    seen('chrome', 156, 'windows'),
    ['acceleration', 'software-adapter'],
  ],
  [
    blink(WINDOWS, 'Chrome/119.0.0.0 Edg/119.0.0.0'),
    seen('chrome', 119, 'windows'),
    ['chrome-update', 'acceleration', 'software-adapter'],
  ],
  [
    blink(LINUX, 'HeadlessChrome/156.0.0.0'),
    seen('chrome', 156, 'linux'),
    ['chrome-linux', 'acceleration', 'software-adapter'],
  ],
  [
    blink('X11; CrOS x86_64 14541.0.0', 'Chrome/150.0.0.0'),
    seen('chrome', 150, 'chromeos'),
    ['acceleration', 'software-adapter'],
  ],
  [
    blink('Linux; Android 10; K', 'Chrome/150.0.0.0 Mobile'),
    seen('chrome', 150, 'android'),
    ['chrome-android'],
  ],
  [gecko(WINDOWS, 140), seen('firefox', 140, 'windows'), ['firefox-windows', 'other-browser']],
  [gecko(WINDOWS, 153), seen('firefox', 153, 'windows'), ['acceleration', 'other-browser']],
  [
    gecko('Macintosh; Intel Mac OS X 10.15', 153),
    seen('firefox', 153, 'macos'),
    ['firefox-macos', 'other-browser'],
  ],
  [gecko(LINUX, 153), seen('firefox', 153, 'linux'), ['firefox-linux', 'other-browser']],
  [
    gecko('Android 15; Mobile', 153),
    seen('firefox', 153, 'android'),
    ['firefox-android', 'other-browser'],
  ],
  [webkit(MAC, 'Version/18.6'), seen('safari', 18, 'macos'), ['safari-update', 'other-browser']],
  [webkit(MAC, 'Version/26.1'), seen('safari', 26, 'macos'), ['acceleration', 'other-browser']],
  [webkit(IPHONE, 'Version/18.6 Mobile/15E148'), seen('safari', 18, 'ios'), ['ios-update']],
  [webkit(IPHONE, 'Version/26.0 Mobile/15E148'), seen('safari', 26, 'ios'), ['acceleration']],
  [webkit(IPHONE, 'CriOS/150.0 Mobile/15E148'), seen('safari', null, 'ios'), ['ios-update']],
  ['Ladybird', seen('other', null, 'other'), ['other-browser']],
];

test.each(browsers)('%s', (userAgent, expected, advice) => {
  const browser = describeBrowser({ userAgent, maxTouchPoints: 0, isSecureContext: true });
  expect(browser).toEqual({ ...expected, secure: true });
  expect(webGpuAdvice(browser)).toEqual(advice);
  // Nothing else helps a page that came over plain http.
  expect(webGpuAdvice({ ...browser, secure: false })).toEqual(['not-secure']);
});

test('an iPad is told from the Mac that it calls itself', () => {
  const userAgent = webkit(MAC, 'Version/18.6');
  const facts = { userAgent, isSecureContext: true };
  expect(describeBrowser({ ...facts, maxTouchPoints: 5 }).system).toBe('ios');
  expect(describeBrowser({ ...facts, maxTouchPoints: 0 }).system).toBe('macos');
});
