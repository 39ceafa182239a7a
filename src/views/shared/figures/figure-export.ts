/**
 * Saves a drawn figure as SVG that needs nothing else, or as PNG, in light colours for print whatever the
 * page's theme. Custom properties, classes and inherited type are resolved into plain attributes, so that the
 * file looks the same in an editor or a paper.
 */

/** A figure as an SVG document. */
export interface FigureFile {
  readonly text: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

/** Computed styles that decide how something is drawn; elements inside inherit these. */
const inherited = [
  'fill',
  'fill-opacity',
  'fill-rule',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor',
  'letter-spacing',
  'visibility',
] as const;
/** Styles that are not inherited, written where they differ from their initial values. */
const own: readonly (readonly [name: string, initial: string])[] = [
  ['opacity', '1'],
  ['stop-color', 'rgb(0, 0, 0)'],
  ['stop-opacity', '1'],
  ['dominant-baseline', 'auto'],
  ['mix-blend-mode', 'normal'],
];
/** Attributes of the page that a file has no use for. */
const pageOnly = /^(class|style|id|tabindex|role|focusable|data-.*|aria-.*)$/;

const declaration = '<?xml version="1.0" encoding="UTF-8"?>'; // words: XML
const padding = 12;
const titleSize = 14;
const titleLine = 20;

/** A figure's name on the page: its label, its caption, or the fallback. */
function titleOf(figure: Element, fallback: string): string {
  const labelled = figure.closest('[aria-labelledby]')?.getAttribute('aria-labelledby');
  const byId = labelled
    ?.split(/\s+/)
    .map((id) => document.getElementById(id)?.textContent ?? '')
    .join(' ')
    .trim();
  const label = figure.getAttribute('aria-label')?.trim();
  const found = [label, byId].find((title) => title !== undefined && title !== '');
  return found ?? fallback;
}

/** Measures and breaks text as the file will show it. */
function brokenLines(text: string, font: string, width: number): string[] {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return [text];
  context.font = font;
  const lines: string[] = [];
  let line = '';
  // Words in Latin script; any character elsewhere may end a line.
  for (const part of text.match(/[^\s\p{Script=Han}]+\s*|\p{Script=Han}|\s+/gu) ?? []) {
    if (line !== '' && context.measureText((line + part).trimEnd()).width > width) {
      lines.push(line.trimEnd());
      line = part.trimStart();
    } else line += part;
  }
  return [...lines, line.trimEnd()].filter((one) => one !== '');
}

/** Drawings of a figure that no other drawing contains. A chart may lay several over each other. */
function drawingsIn(figure: Element): SVGSVGElement[] {
  const all = figure instanceof SVGSVGElement ? [figure] : [...figure.querySelectorAll('svg')];
  return all.filter(
    (svg) =>
      !svg.parentElement?.closest('svg') &&
      !svg.closest('button, [data-export="no"]') &&
      svg.getBoundingClientRect().width > 0,
  );
}

/** Copies an element with its look made explicit; null for an element that is not drawn. */
function copyDrawn(
  source: Element,
  around: Readonly<Record<string, string>>,
  ids: Map<string, string>,
): Element | null {
  if (source.namespaceURI !== svgNamespace || source.localName === 'foreignObject') return null;
  if (source.getAttribute('data-export') === 'no') return null;
  const style = getComputedStyle(source);
  if (style.display === 'none') return null;
  const copy = document.createElementNS(svgNamespace, source.localName);
  for (const { name, value } of source.attributes) {
    if (pageOnly.test(name) || name.startsWith('on') || value.includes('var(')) continue;
    copy.setAttribute(name, renamed(value, ids));
  }
  if (source.id !== '') copy.setAttribute('id', newName(source.id, ids));
  const here: Record<string, string> = { ...around };
  for (const name of inherited) {
    const value = renamed(style.getPropertyValue(name), ids);
    here[name] = value;
    if (value !== around[name]) copy.setAttribute(name, value);
    else copy.removeAttribute(name);
  }
  for (const [name, initial] of own) {
    const value = style.getPropertyValue(name);
    if (value !== '' && value !== initial) copy.setAttribute(name, value);
    else copy.removeAttribute(name);
  }
  for (const child of source.childNodes) {
    if (child instanceof Text) copy.append(child.data);
    else if (child instanceof Element) {
      const drawn = copyDrawn(child, here, ids);
      if (drawn) copy.append(drawn);
    }
  }
  return copy;
}

function newName(id: string, ids: Map<string, string>): string {
  const known = ids.get(id) ?? `part-${ids.size + 1}`;
  ids.set(id, known);
  return known;
}

/** References to other elements (gradients, clips) by their new names; computed ones are absolute. */
function renamed(value: string, ids: Map<string, string>): string {
  return value.replaceAll(/url\(["']?[^)"']*#([^)"']+)["']?\)/g, (_all, id: string) => {
    return `url(#${newName(id, ids)})`;
  });
}

/** Runs `work` while the page has its light colours; nothing is painted in between. */
function inLightColours<T>(work: () => T): T {
  const { dataset } = document.documentElement;
  const before = dataset['theme'];
  dataset['theme'] = 'light';
  try {
    return work();
  } finally {
    if (before === undefined) delete dataset['theme'];
    else dataset['theme'] = before;
  }
}

/**
 * The drawings inside an element as one SVG document, with the figure's name above them.
 * @param fallback the title of a figure without a label
 * @throws RangeError when nothing is drawn in it
 */
export function figureAsSvg(figure: Element, fallback: string): FigureFile {
  const drawings = drawingsIn(figure);
  if (drawings.length === 0) throw new RangeError(`Nothing is drawn in ${fallback}`);
  return inLightColours(() => {
    const places = drawings.map((svg) => svg.getBoundingClientRect());
    const left = Math.min(...places.map((place) => place.left));
    const top = Math.min(...places.map((place) => place.top));
    const drawnWidth = Math.max(...places.map((place) => place.right)) - left;
    const drawnHeight = Math.max(...places.map((place) => place.bottom)) - top;
    const body = getComputedStyle(document.body);
    const root = getComputedStyle(document.documentElement);
    const title = titleOf(figure, fallback);
    const family = body.fontFamily;
    const lines = brokenLines(title, `600 ${titleSize}px ${family}`, drawnWidth);
    const head = lines.length * titleLine + 8;
    const width = Math.ceil(drawnWidth + 2 * padding);
    const height = Math.ceil(drawnHeight + head + 2 * padding);

    const file = document.createElementNS(svgNamespace, 'svg');
    file.setAttribute('viewBox', `0 0 ${width} ${height}`);
    file.setAttribute('width', String(width));
    file.setAttribute('height', String(height));
    file.setAttribute('font-family', family);
    const add = (name: string, attributes: Readonly<Record<string, string | number>>): Element => {
      const element = document.createElementNS(svgNamespace, name);
      for (const [key, value] of Object.entries(attributes)) {
        element.setAttribute(key, String(value));
      }
      file.append(element);
      return element;
    };
    add('title', {}).textContent = title;
    add('rect', { width, height, fill: root.getPropertyValue('--surface').trim() || '#ffffff' });
    lines.forEach((line, index) => {
      const y = padding + titleSize + index * titleLine;
      const look = { 'font-size': titleSize, 'font-weight': 600, fill: body.color };
      add('text', { x: padding, y, ...look }).textContent = line;
    });
    const ids = new Map<string, string>();
    drawings.forEach((svg, index) => {
      const place = places[index];
      const drawn = copyDrawn(svg, {}, ids);
      if (!place || !drawn) return;
      drawn.setAttribute('x', String(round(padding + place.left - left)));
      drawn.setAttribute('y', String(round(padding + head + place.top - top)));
      drawn.setAttribute('width', String(round(place.width)));
      drawn.setAttribute('height', String(round(place.height)));
      file.append(drawn);
    });
    const text = `${declaration}\n${new XMLSerializer().serializeToString(file)}\n`;
    return { text, width, height };
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The figure as pixels, `scale` to one of the page. */
export async function figureAsPng(
  { text, width, height }: FigureFile,
  scale: number,
): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * scale;
    canvas.height = height * scale;
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, 'image/png');
    });
    if (!blob) throw new RangeError(`A picture of ${canvas.width} × ${canvas.height} is too large`);
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
