import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from './Markdown.tsx';

function render(text: string): string {
  return renderToStaticMarkup(createElement(Markdown, { text }));
}

describe('Markdown', () => {
  it('renders structure', () => {
    expect(render('**bold** and\n\n- one\n- two')).toContain('<strong>bold</strong>');
    expect(render('| a | b |\n| - | - |\n| 1 | 2 |')).toContain('<td>1</td>');
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'text <iframe src="https://example.org"></iframe>',
    '<a href="javascript:alert(1)">x</a>',
    '![pixel](https://example.org/p.png)',
    '[press](javascript:alert(1))',
    'https://example.org/track?id=1',
    '[x]: data:text/html,hi\n\n[x]',
  ])('makes no element that loads, runs or leads away: %s', (text) => {
    expect(render(text)).not.toMatch(
      /<(script|img|iframe|a|form|object|embed|svg|style)\b|\s(src|href|on\w+)=/i,
    );
  });

  it('shows where a link would lead, and what an image would be', () => {
    expect(render('[guide](https://example.org/a)')).toContain('https://example.org/a');
    expect(render('![chest film](x.png)')).toContain('[image: chest film]');
  });
});
