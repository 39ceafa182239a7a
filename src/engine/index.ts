/**
 * The engine's public face: fine-tunes, runs, measures and exports language models on WebGPU. Everything that
 * users of the package need is here; the code below it may change.
 */
export { faultFrom, StudioError } from '../faults/fault.ts';
export type { FaultCode, FaultData, FaultDescription, Faults } from '../faults/catalogue.ts';
export type { ByteSource } from '../formats/files/byte-source.ts';
export type {
  ChatRecord,
  DataKind,
  FilePlace,
  RecordMessage,
} from '../formats/records/record-types.ts';
export type { RowFaultCode, RowFaultData, RowFaults } from '../faults/catalogue/rows.ts';
export type { ImportProblem } from '../formats/records/records.ts';
export type { ChatMessage, TemplateChoice } from '../text/template/chat-template.ts';
export type { ReferenceLoss } from './evaluation/answers/reading.ts';
export type { EvaluationItem, ItemAnswer } from './evaluation/items.ts';
export type { ChoiceMethod } from './evaluation/settings.ts';
export type { LeftOutRow } from './evaluation/questions/file-rows.ts';
export type { ReadQuestions } from './evaluation/questions/question-file.ts';
export type { AnswerBatch, AnswerKeeping, AnswerMethod, TaskAnswers } from './evaluation/tasks.ts';
export { evaluate, readQuestions } from './face/evaluate.ts';
export type { EvaluateOptions } from './face/evaluate.ts';
export type { FolderFormat, GgufFormat } from './exports/number-formats.ts';
export { exportAdapters, exportModel } from './face/export.ts';
export type { ExportedFile, ExportOptions } from './face/export.ts';
export { generate } from './face/generate.ts';
export type { Generated, GenerateOptions } from './face/generate.ts';
export { openGpu } from './face/gpu.ts';
export type { EngineGpu, OpenGpuOptions } from './face/gpu.ts';
export { loadModel } from './face/model.ts';
export type {
  EncodedRecord,
  FileContent,
  LoadModelOptions,
  Model,
  ModelFiles,
  TokenisedRecord,
} from './face/model.ts';
export { recipes } from './face/recipes.ts';
export { readRecords } from './face/records.ts';
export type { ReadRecords, RecordSet } from './face/records.ts';
export { openState } from './face/state.ts';
export type { ModelState, OpenStateOptions } from './face/state.ts';
export { train } from './face/train.ts';
export type { ResumePoint, Trained, TrainEvent, TrainOptions } from './face/train.ts';
export type { AdapterDescription } from './gpu/device.ts';
export type { Products } from './kernels/linear/linear-kernels.ts';
export type { StopReason } from './inference/generator.ts';
export type { Precision } from './model/weight-storage.ts';
export type { Recipe, RecipeBranch, RecipeStage } from './training/recipe/recipe.ts';
export type {
  RoutingCounts,
  RunEvent,
  StepMetrics,
  ValidationPoint,
} from './training/run/run-events.ts';
export type { Snapshot } from './training/run/snapshots.ts';
export type {
  BranchNorms,
  BranchOverlap,
  GrowthPoint,
  LinearGrowth,
} from './training/stage/branch-growth.ts';
