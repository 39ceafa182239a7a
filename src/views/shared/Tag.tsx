import type { ReactNode } from 'react';
import { seen } from './seen-controls.ts';
import styles from './Tag.module.css';

export type Tone =
  | 'neutral'
  | 'base'
  | 'lora'
  | 'ka'
  | 'na'
  | 'align'
  | 'error'
  | 'warning'
  | 'good';

/** A short word in a tinted box. */
export function Tag({
  tone = 'neutral',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return (
    <span className={styles.tag} data-tone={tone}>
      {seen(children)}
    </span>
  );
}

const branchTones: Readonly<Record<string, Tone>> = {
  base: 'base',
  lora: 'lora',
  ka: 'ka',
  na: 'na',
  align: 'align',
};

const branchTitles: Readonly<Record<string, string>> = {
  lora: 'LoRA',
  ka: 'KA',
  na: 'NA',
  align: 'Align',
};

/** A branch's short name as in the paper; other names unchanged. */
export function branchTitle(name: string): string {
  return branchTitles[name] ?? name;
}

/** The colour of a branch by its name in the recipe; other names take the base model's slate. */
export function branchTone(branch: string): Tone {
  return branchTones[branch] ?? 'base';
}

/** A branch's name beside its colour. */
export function BranchChip({ branch, note }: { readonly branch: string; readonly note?: string }) {
  return (
    <span className={styles.branch} data-tone={branchTone(branch)}>
      <span className={styles.branchMark} aria-hidden />
      {branchTitle(branch)}
      {note !== undefined && <span className={styles.branchNote}>{note}</span>}
    </span>
  );
}
