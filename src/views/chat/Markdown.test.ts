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

  const depths = ['>', '> ', '- ', '1. ', '- > '].map((sign) => sign.repeat(8000 / sign.length));
  const runs = ['[', '![', '[a](', '*a _b ', 'a*', '**a ', '`a', '|a'].map((sign) =>
    sign.repeat(4000),
  );
  const table = `${'|a'.repeat(300)}|\n${'|-'.repeat(300)}|\n${'|\n'.repeat(300)}`;
  it.each([...depths, ...runs, table, '- a\n'.repeat(3000), 'word '.repeat(20_000)])(
    'shows what is more markup than text as it is: %.12s',
    (text) => {
      const html = render(`${text}<script>`);
      expect(html).toContain('plain text');
      expect(html.match(/<(?!\/)/g)?.length).toBe(3);
      expect(html).not.toContain('<script');
    },
  );

  it('lays out a long answer with lists, a table, quotes and code', () => {
    const item = '- **Fever**: *above* `38.5` (see [1])\n  1. nested\n     - deeper\n\n';
    const row = '| drug | 5 mg | 3 | yes |\n';
    const answer = `${item.repeat(60)}> quoted\n> > twice\n\n| a | b | c | d |\n|-|-|-|-|\n${row.repeat(40)}`;
    expect(render(answer)).not.toContain('plain text');
    expect(render(answer)).toContain('<blockquote>');
    expect(render(answer)).toContain('<td>drug</td>');
  });

  it('shows characters that turn the direction of reading', () => {
    expect(render('5 \u202emg\u202c')).toContain('5 ⟨U+202E⟩mg⟨U+202C⟩');
  });

  it('shows where a link would lead, and what an image would be', () => {
    expect(render('[guide](https://example.org/a)')).toContain('https://example.org/a');
    expect(render('![chest film](x.png)')).toContain('[image: chest film]');
  });
});
