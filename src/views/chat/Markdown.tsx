import { memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

const plugins = [remarkGfm];

/**
 * What a model writes is a stranger's text: no raw HTML, no image is loaded, and a link is shown with its
 * address but leads nowhere.
 */
const components: Components = {
  a: ({ href, children }) => (
    <span className="md-link">
      {children}
      {typeof href === 'string' && href !== '' && !sameText(children, href) && (
        <span className="md-address"> ({href})</span>
      )}
    </span>
  ),
  img: ({ alt }) => <span className="md-image">[image{alt ? `: ${alt}` : ''}]</span>,
  // A wide table scrolls inside its answer.
  table: ({ children }) => (
    <div className="md-table">
      <table>{children}</table>
    </div>
  ),
};

/** Keeps every address as text; the component above decides that it is never a link. */
function asWritten(address: string): string {
  return address;
}

function sameText(children: ReactNode, href: string): boolean {
  return typeof children === 'string' && [children, `mailto:${children}`].includes(href);
}

/** Markdown of a model's answer, safe to show. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="md">
      <ReactMarkdown
        remarkPlugins={plugins}
        components={components}
        urlTransform={asWritten}
        skipHtml
      >
        {text}
      </ReactMarkdown>
    </div>
  );
});
