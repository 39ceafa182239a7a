/** Chooses how much device memory plans may use. */
import { useId } from 'react';
import { budgets, useMemory } from '../../../studio/runs/memory.ts';
import { Select } from './Select.tsx';
import { sharedText } from '../text.ts';
import toggleStyles from './Toggle.module.css';

/** How much device memory the studio plans with: WebGPU does not tell how much exists. */
export function BudgetSelect() {
  const budget = useMemory((state) => state.budget);
  const setBudget = useMemory((state) => state.setBudget);
  const id = useId();
  return (
    <span className={toggleStyles.labelled}>
      <label htmlFor={id}>{sharedText().memoryBudget}</label>
      <Select
        id={id}
        size="small"
        value={String(budget)}
        choices={budgets.map((size) => ({ value: String(size), label: `${size} GB` }))}
        onChange={(chosen) => {
          const size = budgets.find((known) => String(known) === chosen);
          if (size !== undefined) setBudget(size);
        }}
      />
    </span>
  );
}
