/** Edits one stage of a recipe. */
import { dataKinds } from '../../../studio/data/data-kinds.ts';
import { blockHalves, recipeRange } from '../../../studio/runs/recipe-schema.ts';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Recipe, RecipeBranch, RecipeStage } from '../../../contract/recipe.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import {
  branchFate,
  dropoutGroups,
  freeBranchName,
  presentBranches,
  readPath,
  withBranch,
  withDropout,
  withFate,
  withoutStage,
  type BranchFate,
} from '../../../studio/runs/recipe-edit.ts';
import { errorMessage } from '../../shared/faults/error-text.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Field, NumberField } from '../../shared/controls/Field.tsx';
import { stageTitle } from '../../shared/figures/diagram-text.ts';
import { BranchChip, branchTitle } from '../../shared/Tag.tsx';
import { CheckField, Segmented } from '../../shared/controls/Toggle.tsx';
import { tellUndo } from '../../shared/controls/tell-undo.ts';
import { listed } from '../../shared/words/marks.ts';
import { BranchEditor } from './BranchEditor.tsx';
import { OrthogonalEditor } from './OrthogonalEditor.tsx';
import { RecipeField } from './RecipeField.tsx';
import { recipeText } from './text-recipe.ts';
import { stageText } from './text-stages.ts';
import styles from './StageEditor.module.css';
import recipeStyles from './recipe.module.css';
import textStyles from '../../shared/text.module.css';
import layoutStyles from '../../shared/layout.module.css';
import fieldStyles from '../../shared/controls/Field.module.css';

const fates: readonly BranchFate[] = ['keep', 'merge', 'drop', 'force'];

/** The data shared by the parts of the editor. */
interface StageParts {
  readonly recipe: Recipe;
  readonly index: number;
  readonly stage: RecipeStage;
  /** Branches that are present while the stage runs. */
  readonly present: readonly RecipeBranch[];
  readonly apply: (next: Recipe) => void;
  readonly change: (part: Partial<RecipeStage>) => void;
}

/** Everything about one stage: its data, its branches, what trains, the loss and the end. */
export function StageEditor({ index }: { readonly index: number }) {
  const t = stageText();
  const recipe = useRecipe((state) => state.recipe);
  const setRecipe = useRecipe((state) => state.setRecipe);
  const [error, setError] = useState<string | null>(null);
  const stage = recipe.stages[index];
  if (!stage) return null;
  const present = presentBranches(recipe)[index] ?? [];
  const apply = (next: Recipe) => setError(errorMessage(setRecipe(next)));
  const change = (part: Partial<RecipeStage>) =>
    apply({
      ...recipe,
      stages: recipe.stages.map((other, at) => (at === index ? { ...other, ...part } : other)),
    });
  const parts: StageParts = { recipe, index, stage, present, apply, change };
  return (
    <div className={styles.stageEditor}>
      {error !== null && (
        <p className={styles.stageEditorError} role="alert">
          {error}
        </p>
      )}
      <StageData {...parts} />
      <Attached {...parts} onError={setError} />
      <BranchRows {...parts} />
      <DropoutFields {...parts} />
      <OrthogonalEditor
        key={JSON.stringify(stage.orthogonal?.between)}
        index={index}
        present={present}
        onChange={(orthogonal) => change({ orthogonal })}
      />
      {recipe.stages.length > 1 && (
        <div className={layoutStyles.actions}>
          <Button
            size="small"
            variant="danger"
            icon={<Trash2 size={14} aria-hidden />}
            onClick={() => {
              const refused = setRecipe(withoutStage(recipe, index));
              setError(errorMessage(refused));
              if (refused) return;
              tellUndo(recipeText().stageRemoved(index + 1), () => void setRecipe(recipe));
            }}
          >
            {t.remove}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Name, kinds of data, share and epochs. */
function StageData({ index, stage, change }: StageParts) {
  const t = stageText();
  const isDefault = useRecipe((state) => state.isDefault);
  const path = `stages.${index}`;
  return (
    <div className={layoutStyles.fields}>
      <RecipeField
        spec={{
          kind: 'text',
          path: `${path}.name`,
          label: t.name,
          help: t.nameHelp,
          shown: stageTitle,
        }}
      />
      <Field label={t.kind} changed={!isDefault(`${path}.data.kinds`)} help={t.kindHelp}>
        {({ 'aria-describedby': describedBy }) => (
          <span className={recipeStyles.choices} role="group" aria-describedby={describedBy}>
            {dataKinds.map((kind) => (
              <CheckField
                key={kind}
                label={t.kinds[kind]}
                checked={stage.data.kinds.includes(kind)}
                onChange={(on) => {
                  const others = stage.data.kinds.filter((known) => known !== kind);
                  const kinds = on ? [...others, kind] : others;
                  change({ data: { ...stage.data, kinds } });
                }}
              />
            ))}
          </span>
        )}
      </Field>
      <RecipeField
        spec={{
          kind: 'number',
          path: `${path}.data.fraction`,
          label: t.share,
          help: t.shareHelp,
        }}
      />
      <RecipeField
        spec={{
          kind: 'number',
          path: `${path}.epochs`,
          label: t.epochsLabel,
          help: t.epochsHelp,
        }}
      />
    </div>
  );
}

/** The branches that the stage attaches. */
function Attached({
  recipe,
  index,
  stage,
  apply,
  onError,
}: StageParts & { readonly onError: (message: string | null) => void }) {
  const t = stageText();
  return (
    <>
      <h3>{t.attached}</h3>
      {stage.attach.map((branch, at) => (
        // A branch may be renamed while it is edited; its place does not change.
        <BranchEditor
          key={at}
          stageIndex={index}
          branchIndex={at}
          branch={branch}
          onError={onError}
        />
      ))}
      {stage.attach.length === 0 && <p className={textStyles.quiet}>{t.nothingAttached}</p>}
      <div className={layoutStyles.actions}>
        <AddBranch recipe={recipe} index={index} type="lora" onAdd={apply} />
        <AddBranch recipe={recipe} index={index} type="mixture" onAdd={apply} />
      </div>
    </>
  );
}

/** Which branches train, and what happens to each at the end of the stage. */
function BranchRows(parts: StageParts) {
  const t = stageText();
  const isDefault = useRecipe((state) => state.isDefault);
  const path = `stages.${parts.index}`;
  return (
    <>
      <h3>
        {t.atEnd}
        {!(isDefault(`${path}.train`) && isDefault(`${path}.after`)) && (
          <span className={fieldStyles.fieldChanged}>{t.changed}</span>
        )}
      </h3>
      <div className={styles.branchRows}>
        {parts.present.map((branch) => (
          <BranchRow key={branch.name} {...parts} branch={branch} />
        ))}
      </div>
    </>
  );
}

function BranchRow({
  recipe,
  index,
  stage,
  branch,
  apply,
  change,
}: StageParts & { readonly branch: RecipeBranch }) {
  const t = stageText();
  const { name, type } = branch;
  return (
    <div className={styles.branchRow}>
      <BranchChip branch={name} />
      <CheckField
        label={t.trains}
        checked={stage.train.includes(name)}
        onChange={(on) => {
          const others = stage.train.filter((known) => known !== name);
          change({ train: on ? [...others, name] : others });
        }}
      />
      <Segmented
        size="small"
        label={t.atEndOf(branchTitle(name))}
        value={branchFate(stage, name)}
        choices={fates
          .filter((fate) => fate !== 'force' || type === 'mixture')
          .map((fate) => ({
            value: fate,
            label: t.fates[fate],
            // The output of a mixture depends on its router: there is nothing to merge.
            disabled: fate === 'merge' && type === 'mixture',
          }))}
        onChange={(fate) => apply(withFate(recipe, index, name, fate))}
      />
      <ForcedExperts
        stage={stage}
        branch={branch}
        onChange={(experts) =>
          change({
            after: stage.after.map((act) =>
              act.action === 'force' && act.branch === name ? { ...act, experts } : act,
            ),
          })
        }
      />
    </div>
  );
}

/** One rate for each group of branches that share a mask. */
function DropoutFields({ index, stage, present, change }: StageParts) {
  const t = stageText();
  const defaultValue = useRecipe((state) => state.defaultValue);
  const path = `stages.${index}`;
  return (
    <>
      <h3>{t.dropout}</h3>
      <div className={layoutStyles.fields}>
        {dropoutGroups(present).map((group) => {
          const rateOf = (rates: unknown) => {
            const rate = readPath(rates, group.branches[0] ?? '');
            return typeof rate === 'number' ? rate : 0;
          };
          const rate = rateOf(stage.dropout);
          const standard = rateOf(defaultValue(`${path}.dropout`));
          return (
            <NumberField
              key={group.branches.join()}
              label={group.branches.map(branchTitle).join(t.and)}
              help={t.dropoutHelp(listed(group.targets))}
              value={rate}
              {...recipeRange(`${path}.dropout.${group.branches[0] ?? ''}`)}
              note={t.dropoutNote(String(standard))}
              changed={rate !== standard}
              onReset={() => change(withDropout(stage, group, standard))}
              onChange={(next) => change(withDropout(stage, group, next))}
            />
          );
        })}
      </div>
    </>
  );
}

/** Which experts a mixture is forced to: as many boxes as are active. */
function ForcedExperts({
  stage,
  branch,
  onChange,
}: {
  readonly stage: RecipeStage;
  readonly branch: RecipeBranch;
  readonly onChange: (experts: number[]) => void;
}) {
  const t = stageText();
  const act = stage.after.find(({ branch: name }) => name === branch.name);
  if (act?.action !== 'force' || branch.type !== 'mixture') return null;
  const { experts } = act;
  return (
    <span
      className={styles.branchRowExperts}
      role="group"
      aria-label={t.expertsOf(branchTitle(branch.name))}
    >
      <span className={textStyles.quiet}>{t.experts}</span>
      {Array.from({ length: branch.experts }, (_, expert) => (
        <CheckField
          key={expert}
          label={String(expert + 1)}
          checked={experts.includes(expert)}
          onChange={(on) => {
            // The expert chosen first makes room, so that as many remain as are active.
            if (on) onChange([...experts, expert].slice(-branch.active));
          }}
        />
      ))}
    </span>
  );
}

function AddBranch({
  recipe,
  index,
  type,
  onAdd,
}: {
  readonly recipe: Recipe;
  readonly index: number;
  readonly type: RecipeBranch['type'];
  readonly onAdd: (recipe: Recipe) => void;
}) {
  const t = stageText();
  const rank = recipe.scalingRank;
  const targets = [...blockHalves[1].targets];
  const make = (): RecipeBranch =>
    type === 'lora'
      ? { name: freeBranchName(recipe, 'lora'), type, targets, rank }
      : {
          name: freeBranchName(recipe, 'na'),
          type,
          targets,
          rank,
          experts: 4,
          active: 2,
          routerBias: true,
          renormalise: true,
        };
  return (
    <Button
      size="small"
      icon={<Plus size={14} aria-hidden />}
      onClick={() => onAdd(withBranch(recipe, index, make()))}
    >
      {type === 'lora' ? t.attachLora : t.attachMixture}
    </Button>
  );
}
