/** Shows what a model writes as a stranger's text: no raw HTML, no images, and links that show their address but lead nowhere. */
import { memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { useWords } from '../../studio/language.ts';
import { seenControls } from '../shared/seen-controls.ts';
import { isModestMarkdown } from './markdown-bounds.ts';
import { chatText } from './text.ts';
import styles from './Markdown.module.css';

const plugins = [remarkGfm];

/**
 * What a model writes is a stranger's text: no raw HTML, no image is loaded, and a link is shown with its
 * address but leads nowhere.
 */
const components: Components = {
  a: ({ href, children }) => (
    <span className={styles.mdLink}>
      {children}
      {typeof href === 'string' && href !== '' && !sameText(children, href) && (
        <span className={styles.mdAddress}> ({href})</span>
      )}
    </span>
  ),
  img: ({ alt }) => <ImageText alt={alt ?? ''} />,
  // A wide table scrolls inside its answer.
  table: ({ children }) => (
    <div className={styles.mdTable}>
      <table>{children}</table>
    </div>
  ),
};

/** Shown in place of an image. */
function ImageText({ alt }: { readonly alt: string }) {
  const { image } = chatText();
  return <span className={styles.mdImage}>[{alt === '' ? image : `${image}: ${alt}`}]</span>;
}

/** Keeps every address as text; the component above decides that it is never a link. */
function asWritten(address: string): string {
  return address;
}

function sameText(children: ReactNode, href: string): boolean {
  return typeof children === 'string' && [children, `mailto:${children}`].includes(href);
}

/** Markdown of a model's answer, safe to show; text with too much markup to lay out stays plain. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  useWords(chatText);
  const seen = seenControls(text);
  if (!isModestMarkdown(seen)) return <PlainText text={seen} />;
  return (
    <div className={styles.md} data-markdown>
      <ReactMarkdown
        remarkPlugins={plugins}
        components={components}
        urlTransform={asWritten}
        skipHtml
      >
        {seen}
      </ReactMarkdown>
    </div>
  );
});

function PlainText({ text }: { readonly text: string }) {
  return (
    <div className={styles.md} data-markdown>
      <p className={styles.mdImage}>{chatText().plainAnswer}</p>
      <div className={styles.mdPlain}>{text}</div>
    </div>
  );
}
