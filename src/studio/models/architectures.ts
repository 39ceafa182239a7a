/** The architectures that the engine runs, by name: values without code, as the pages may read them. */
export { architectureNames } from '../../engine/model/architectures/index.ts';
