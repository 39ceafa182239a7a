/** Picks files or a folder. */
import { useRef, type ReactNode } from 'react';
import { Button, type ButtonProps } from './Button.tsx';

export interface FilePickerProps extends Omit<ButtonProps, 'onClick' | 'children'> {
  readonly label: string;
  readonly accept?: string;
  readonly multiple?: boolean;
  /** Picks a whole folder; the files' paths come with them. */
  readonly folder?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}

/** A button that opens the system's file dialog. */
export function FilePicker({
  label,
  accept,
  multiple = false,
  folder = false,
  onFiles,
  children,
  ...button
}: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        multiple={multiple || folder}
        {...(folder ? { webkitdirectory: '' } : {})}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file may be picked again after it was corrected.
          event.target.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      <Button {...button} onClick={() => input.current?.click()}>
        {children}
      </Button>
    </>
  );
}
