/**
 * Makes the PNG icons of the installed studio from public/icon.svg, in the system's Chromium: `npm run icons`. Installed
 * programs, home screens and older browsers take no SVG.
 *
 * A maskable icon is cut to any shape by the system: its ground fills the square, and the drawing stays inside the
 * circle of 80 % of the width that is never cut (w3.org/TR/appmanifest, safe zone).
 */
import { mkdir, readFile } from 'node:fs/promises';
import process from 'node:process';
import { chromium } from '@playwright/test';
import { findChromium } from '../adapters.mjs';
import { root } from '../setup.mjs';

/** @type {readonly { name: string, size: number, drawing: number }[]} `drawing`: its share of the width; 1 keeps round corners */
const ICONS = [
  { name: 'icon-192', size: 192, drawing: 1 },
  { name: 'icon-512', size: 512, drawing: 1 },
  { name: 'maskable-192', size: 192, drawing: 0.85 },
  { name: 'maskable-512', size: 512, drawing: 0.85 },
  // iOS rounds the corners itself and shows black where an icon is transparent.
  { name: 'apple-touch-icon', size: 180, drawing: 0.95 },
];

const svg = await readFile(`${root}public/icon.svg`, 'utf8');
const ground = /<rect [^>]*fill="(#[0-9a-f]{6})"/.exec(svg)?.[1];
const executablePath = findChromium();
if (ground === undefined || executablePath === undefined) {
  console.error(ground ? 'No Chromium found; set CHROMIUM_PATH.' : 'icon.svg has no ground.');
  process.exit(1);
}
const folder = `${root}public/icons`;
await mkdir(folder, { recursive: true });
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage();
for (const { name, size, drawing } of ICONS) {
  const round = drawing === 1;
  const inset = (size * (1 - drawing)) / 2;
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>
      html { background: ${round ? 'transparent' : ground} }
      body { margin: 0; padding: ${inset}px }
      svg { display: block; width: ${size - 2 * inset}px; height: ${size - 2 * inset}px }
    </style>${svg}`,
  );
  await page.screenshot({ path: `${folder}/${name}.png`, omitBackground: round });
}
await browser.close();
